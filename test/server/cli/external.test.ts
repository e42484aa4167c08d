import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runClaworc, spawnClaworc } from '../../acceptance/claworc-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

/** Arguments for a repository that leaves applying to another program, and a cluster that nobody answers for. */
async function leftToAnother(): Promise<readonly string[]> {
  const data = tempFolder();
  await using server = await startTestServer({ data });
  await server.call('PUT', 'settings', { applier: 'external' });
  const kubeconfig = join(data, 'kubeconfig');
  const config = {
    clusters: [{ name: 'lab', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'lab', user: { token: 'x' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return ['--data', data, '--repo', join(data, 'instances.git'), '--kubeconfig', kubeconfig];
}

test('reconcile refuses a fleet that another program applies as wrong usage, and waits for it only where it is told to', async () => {
  const args = await leftToAnother();

  const refused = await runClaworc(['reconcile', ...args]);

  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('claworc.yaml says `applier: external`');
  expect(refused.stderr).toContain('--wait-while-external');

  const waiting = spawnClaworc(['reconcile', ...args, '--wait-while-external']);
  await vi.waitFor(() => expect(waiting.stdout()).toContain('comparing lab '), { timeout: PATIENCE_MS });
  await vi.waitFor(() => expect(waiting.output()).toContain('nothing is written'), { timeout: PATIENCE_MS });
  waiting.child.kill('SIGTERM');

  expect(await waiting.exited).toBe(0);
  expect(waiting.output()).not.toMatch(/reconciling|being applied/);
});
