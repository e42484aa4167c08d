import { join } from 'node:path';
import { initRepository } from '../../../server/git/folder/init-repository.ts';
import { formatMessage } from '../../../server/git/message.ts';
import { openRepository, type GitRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { tempFolder } from '../../support/temp-folder.ts';

export const AT = '2026-11-19T14:31:40Z';
export const ADA = { name: 'Ada', email: 'ada@example.com' };

export async function embedded(): Promise<{ folder: string; bare: string; repository: GitRepository }> {
  const folder = tempFolder();
  const bare = join(folder, 'data', 'instances.git');
  await initRepository(bare);
  return { folder, bare, repository: await openRepository({ folder: bare, log: silentLog }) };
}

export async function put(
  repository: GitRepository,
  files: Record<string, string | null>,
  parent?: string | null,
  subject = 'Change',
): Promise<string> {
  const request = {
    changes: new Map(Object.entries(files)),
    message: formatMessage(subject, [], {}),
    author: ADA,
    at: AT,
  };
  const result = await repository.commit({
    ...request,
    parent: parent === undefined ? await repository.head() : parent,
  });
  if (!result.ok) throw new Error('lost a race');
  return result.commit;
}

export const textOf = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes ? Buffer.from(bytes).toString('utf8') : undefined;
