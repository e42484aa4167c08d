import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { git } from '../support/person-git.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runClaworc, spawnClaworc, type Spawned } from './claworc-process.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const says = ({ output }: Spawned, words: RegExp): Promise<void> =>
  vi.waitFor(() => expect(output()).toMatch(words), PATIENCE);

test('reconcile waits for a claworc.yaml that was never sound, starts when it is mended, and goes on where it breaks again', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const checkout = join(folder, 'checkout');
  expect((await runClaworc(['init', '--data', data, '--namespace', namespace, '--examples'])).code).toBe(0);
  git(folder, 'clone', '-q', join(data, 'instances.git'), checkout);
  const file = join(checkout, 'claworc.yaml');
  const good = readFileSync(file, 'utf8');
  const broken = good.replace('kind: Fleet', 'kind: Fleeet');
  const push = (text: string): void => {
    writeFileSync(file, text);
    git(checkout, 'commit', '-qam', 'Change the fleet');
    git(checkout, 'push', '-q', 'origin', 'HEAD:main');
  };
  const services = async (): Promise<string> =>
    (await kubectl(['get', 'services', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}'])).stdout;
  // Main as of somebody who began with a broken file: no commit of its history is sound.
  writeFileSync(file, broken);
  git(checkout, 'checkout', '-q', '--orphan', 'anew');
  git(checkout, 'commit', '-qam', 'Begin');
  git(checkout, 'push', '-q', 'origin', 'anew');
  const head = git(checkout, 'rev-parse', 'anew').trim();
  git(join(data, 'instances.git'), 'update-ref', 'refs/heads/main', head);
  git(join(data, 'instances.git'), 'update-ref', '-d', 'refs/heads/anew');

  const reconcile = spawnClaworc(['reconcile', '--data', data, '--kubeconfig', cluster.kubeconfig]);
  try {
    await says(reconcile, /fleet: .*claworc\.yaml:2:7: kind: .*; until that is put right, nothing is applied/);
    expect(await services()).toBe('');

    push(good);
    await says(reconcile, /bot-alpha: applied, running/);
    await vi.waitFor(async () => expect(await services()).toContain('bot-alpha-vnc'), PATIENCE);

    push(broken);
    await says(reconcile, /fleet: .*claworc\.yaml:2:7: kind: .*; until that is put right, main goes on being applied/);
    await kubectl(['delete', 'service', 'bot-alpha-vnc', '-n', namespace]);
    await vi.waitFor(async () => expect(await services()).toContain('bot-alpha-vnc'), PATIENCE);
  } finally {
    reconcile.child.kill('SIGTERM');
  }

  expect(await reconcile.exited).toBe(0);
  expect(reconcile.output()).not.toContain('is ended now');
});
