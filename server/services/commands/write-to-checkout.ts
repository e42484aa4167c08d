import { isSameContent } from '../../../constructs/repo/rendered-file.ts';
import type { GitRepository } from '../../git/repository.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { readRepoFolder, writeRepoFolder } from './synth-folder.ts';

/** Writes files, and takes away those of null; throws `conflict` over one that the last commit doesn't have just so. */
export async function writeToCheckout(
  folder: string,
  about: {
    readonly repository: Pick<GitRepository, 'readSome'>;
    readonly head: string;
    readonly changes: ReadonlyMap<string, string | Uint8Array | null>;
  },
): Promise<void> {
  const { repository, head, changes } = about;
  await checkUntouched(folder, { repository, head, files: [...changes.keys()].sort() });
  writeRepoFolder(folder, new Map([...changes].map(([file, content]) => [file, textOf(content)])));
}

/** What was typed since the last commit is nobody else's to overwrite. */
async function checkUntouched(
  folder: string,
  about: {
    readonly repository: Pick<GitRepository, 'readSome'>;
    readonly head: string;
    readonly files: readonly string[];
  },
): Promise<void> {
  const { repository, head, files } = about;
  const committed = await repository.readSome(head, files);
  const there = readRepoFolder(folder).files;
  const touched = files.find((file) => !isSame(committed.get(file), there.get(file)));
  if (touched === undefined) return;
  throw new ClaworcError(
    'conflict',
    `${touched} is not as the last commit has it, and would be written over. Commit it, or put it away, first.`,
    { subject: touched },
  );
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one === undefined || other === undefined ? one === other : isSameContent(one, other);

const textOf = (content: string | Uint8Array | null): string | null =>
  content === null || typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
