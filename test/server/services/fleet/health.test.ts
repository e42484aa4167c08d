import { expect, test } from 'vitest';
import type { Observed } from '../../../../server/reconcile/status/observed.ts';
import { viewHealth, type HealthSeen } from '../../../../server/services/fleet/health.ts';
import { problemOfFleetUnit, problemsOfHeld } from '../../../../server/services/fleet/state.ts';
import { insertDraftInstance } from '../../../../server/store/instances.ts';
import { replaceProblems } from '../../../../server/store/problems.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { join } from 'node:path';
import { observedOf, observedUnit } from '../../reconcile/observed-fixture.ts';
import { temporaryFolder } from '../../secrets/fixtures.ts';

const seenOf = (sync: 'applied' | 'failed', held: string | null = null): Observed => {
  const observed = observedOf();
  observed.set(observedUnit('fleet', { sync, reason: 'it was moved or copied here', held }));
  return observed;
};

test('keys of the fleet that are held are told by health and among the problems (both once said that all is well)', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const contextOf = (observed: Observed): HealthSeen => ({
    cluster: { observed },
    store,
    publisher: { state: () => ({ state: 'following', head: null }) },
  });
  const message = 'The keys of the fleet are not applied: it was moved or copied here';

  const failed = contextOf(seenOf('failed'));
  const held = contextOf(seenOf('failed', 'claworc.yaml is missing'));
  const well = contextOf(seenOf('applied'));

  expect(problemOfFleetUnit(failed)).toMatchObject([{ message }]);
  expect(viewHealth(failed)).toMatchObject({ status: 'degraded', kubernetes: message });
  expect(viewHealth(held)).toMatchObject({ status: 'degraded', kubernetes: 'claworc.yaml is missing' });
  expect(viewHealth(well)).toMatchObject({ status: 'ok', kubernetes: 'connected' });
});

test('a claworc.yaml that is broken on main is told without a cluster too', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const observed: Observed = {
    ...observedOf(),
    connection: () => ({ ...observedOf().connection(), state: 'none', detail: 'no cluster is named' }),
  };
  const broken = {
    unit: null,
    severity: 'error',
    file: 'claworc.yaml',
    line: 7,
    field: 'spec',
    message: 'spec is a list',
  } as const;
  const seen: HealthSeen = {
    cluster: { observed },
    store,
    publisher: { state: () => ({ state: 'following', head: null }) },
  };
  expect(viewHealth(seen).kubernetes).toBe('no cluster is named');

  store.transact((tx) => replaceProblems(tx, [broken]));

  expect(viewHealth(seen)).toMatchObject({
    status: 'degraded',
    kubernetes: 'claworc.yaml:7: spec is a list; no cluster is named',
  });
});

test('what is held for a file that is named in capitals is not told of a folder that exists nowhere', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const observed = observedOf();
  observed.set(
    observedUnit('upper', { sync: 'failed', reason: '', held: 'instances/UPPER.YAML does not belong here' }),
  );
  observed.set(observedUnit('bot-a', { sync: 'failed', reason: '', held: 'dist/ differs' }));
  store.transact((tx) => insertDraftInstance(tx, 'bot-a', '2026-11-19T14:31:40Z'));

  expect(
    problemsOfHeld({ cluster: { observed }, store })
      .map(({ file }) => file)
      .sort(),
  ).toEqual(['dist/bot-a/', 'instances/']);
});

test('of thousands of held bots the first ones are named, and the others counted', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const observed = observedOf();
  for (let index = 1_000; index < 3_000; index += 1) {
    observed.set(observedUnit(`bot-${index}`, { sync: 'failed', reason: '', held: 'dist/ differs' }));
  }

  const problems = problemsOfHeld({ cluster: { observed }, store });

  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toEqual({ file: 'instances/', line: null, message: 'and 1950 more bots are held' });
});
