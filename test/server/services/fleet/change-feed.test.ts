import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { connectObserved, observedOf, observedUnit } from '../../reconcile/observed-fixture.ts';
import { startTestServer } from '../../running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 20 };

test('bots count as applied again once the cluster has caught up with a change of claworc.yaml that changes none of them', async () => {
  let commit: string | null = null;
  const observed = observedOf({ commit: () => commit });
  await using server = await startTestServer({ connectCluster: connectObserved(observed) });
  const applied = async (): Promise<number | undefined> => (await server.call('GET', 'fleet')).body.applied;
  const { body } = await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  commit = body.revision ?? null;
  observed.set(observedUnit('bot-alpha', { sync: 'applied', commit }));
  await vi.waitFor(async () => expect(await applied()).toBe(1), PATIENCE);

  const checkout = tempFolder();
  git(checkout, 'clone', '-q', join(server.data, 'instances.git'), '.');
  appendFileSync(join(checkout, 'claworc.yaml'), '# a note that renders to nothing\n');
  git(checkout, 'commit', '-qam', 'Note');
  git(checkout, 'push', '-q', 'origin', 'HEAD:main');
  const pushed = git(checkout, 'rev-parse', 'HEAD').trim();
  await vi.waitFor(async () => expect(await applied()).toBe(0), PATIENCE);

  // The reconciler follows the commit, and has nothing to say of any bot.
  commit = pushed;
  observed.touch();
  await vi.waitFor(async () => expect(await applied()).toBe(1), PATIENCE);
});
