import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runClaworc, startClaworc } from '../../acceptance/claworc-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('what a running server had, drafts without a commit included, a server on the restored backup has and publishes', async () => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const to = join(folder, 'backup');
  const restored = join(folder, 'restored');
  expect((await runClaworc(['init', '--data', data, '--examples'])).code).toBe(0);
  {
    await using server = await startClaworc(['--data', data]);
    const lock = join(data, 'instances.git/refs/heads/main.lock');
    writeFileSync(lock, '');
    // A git that holds main: what is saved now stays a draft.
    const saved = await server.request('POST', '/api/v1/instances', { display_name: 'Kept draft' });
    expect(saved.status).toBe(202);
    const backedUp = await runClaworc(['backup', '--data', data, '--to', to]);
    expect(backedUp.code, backedUp.stderr).toBe(0);
    expect(backedUp.stdout).toContain('It holds the identity that opens every API key');
    expect(backedUp.stdout + backedUp.stderr).not.toContain('AGE-SECRET');
    const refused = await runClaworc(['restore', '--data', data, '--from', to, '--set-aside']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Another Claworc process');
    rmSync(lock);
  }
  const told = await runClaworc(['restore', '--data', restored, '--from', to]);
  expect(told.code, told.stderr).toBe(0);
  await using server = await startClaworc(['--data', restored]);
  const listed = await server.request('GET', '/api/v1/instances');
  expect(JSON.stringify(listed.body)).toContain('Kept draft');
  await vi.waitFor(
    () =>
      expect(git(join(restored, 'instances.git'), 'ls-tree', '--name-only', 'main', 'instances/')).toContain(
        'kept-draft',
      ),
    { timeout: PATIENCE_MS },
  );
});

test('a backup without a place, and a restore from no backup, are wrong usage', async () => {
  const folder = tempFolder();
  expect((await runClaworc(['backup', '--data', folder])).code).toBe(2);
  const { code, stderr } = await runClaworc(['restore', '--data', join(folder, 'data'), '--from', folder]);
  expect(code).toBe(2);
  expect(stderr).toContain('no finished backup');
});
