import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runClaworc, spawnClaworc } from '../../acceptance/claworc-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

/** A data folder that a server has used, and a kubeconfig of a cluster that nobody answers for. */
async function used(): Promise<{
  readonly args: readonly string[];
  readonly data: string;
  readonly recipient: string;
}> {
  const data = tempFolder();
  await using server = await startTestServer({ data });
  const [recipient = ''] = server.running.context.identity?.identity.recipients ?? [];
  const kubeconfig = join(data, 'kubeconfig');
  const config = {
    clusters: [{ name: 'lab', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'lab', user: { token: 'x' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { data, recipient, args: ['--data', data, '--repo', join(data, 'instances.git'), '--kubeconfig', kubeconfig] };
}

test.each(['start', 'reconcile', 'apply'])(
  '%s refuses a named identity that is not there as wrong usage',
  async (command) => {
    const { args, data } = await used();
    const identity = join(data, 'other.txt');

    const { code, stderr } = await runClaworc([command, ...args, '--identity', identity]);

    expect(code).toBe(2);
    expect(stderr).toContain(
      `claworc: There is no age identity at ${identity}, which was named: name another with --identity.\n`,
    );
  },
);

test('reconcile runs without the identity of its data folder, and says whose is missing', async () => {
  const { args, data, recipient } = await used();
  await rm(join(data, 'age-identity.txt'));

  const running = spawnClaworc(['reconcile', ...args]);
  await vi.waitFor(() => expect(running.stdout()).toContain('reconciling '), { timeout: PATIENCE_MS });
  running.child.kill('SIGTERM');

  expect(await running.exited).toBe(0);
  expect(running.stderr()).toContain(
    `The age identity age-identity.txt is missing, and API keys are sealed for ${recipient}`,
  );
});
