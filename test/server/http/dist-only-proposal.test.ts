import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

test('a branch that changes dist/ by hand alone says why there is nothing to merge: it said that main has it', async () => {
  await using server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  const folder = join(tempFolder(), 'bots');
  git(tempFolder(), 'clone', '-q', join(server.data, 'instances.git'), folder);
  const deployment = join(folder, 'dist/bot-alpha/deployment.yaml');
  writeFileSync(deployment, readFileSync(deployment, 'utf8').replace('replicas: 1', 'replicas: 3'));
  git(folder, 'commit', '-q', '-a', '-m', 'Three of them');
  git(folder, 'push', '-q', 'origin', 'HEAD:three');

  const proposal = await vi.waitFor(
    async () => {
      const list = (await server.call('GET', 'proposals')).body as unknown as { readonly waits_for: string }[];
      expect(list).toHaveLength(1);
      expect(list[0]?.waits_for).not.toBe('Main has not been read from git yet.');
      return list[0];
    },
    { timeout: PATIENCE_MS },
  );

  expect(proposal).toMatchObject({
    branch: 'three',
    may_merge: false,
    waits_for: 'Main has all of it already. Files under dist/ are not merged: they are rendered from the records.',
  });
});
