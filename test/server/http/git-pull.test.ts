import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

test('asking for the remote answers how it is found now: the answer was how it had been before', async () => {
  const bare = join(tempFolder(), 'team.git');
  git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', bare);
  const remote = { url: bare, branch: 'main', access: {}, environment: {} };
  await using server = await startTestServer({ remote, writeTimeoutMs: PATIENCE_MS });
  const pulled = async () => (await server.call('POST', 'git/pull')).body;

  renameSync(bare, `${bare}.away`);
  expect(await pulled()).toMatchObject({ state: 'remote', trouble: 'not_found' });
  renameSync(`${bare}.away`, bare);
  expect(await pulled()).toMatchObject({ state: 'following', trouble: null });
});
