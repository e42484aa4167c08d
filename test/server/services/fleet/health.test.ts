import { expect, test } from 'vitest';
import type { Observed } from '../../../../server/reconcile/status/observed.ts';
import type { AppContext } from '../../../../server/services/app-context.ts';
import { viewHealth } from '../../../../server/services/fleet/health.ts';
import { problemOfFleetUnit } from '../../../../server/services/fleet/state.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { join } from 'node:path';
import { temporaryFolder } from '../../secrets/fixtures.ts';

const pageOf = (sync: 'applied' | 'failed', held: ReturnType<Observed['held']> = []): Observed =>
  ({
    connection: () => ({ state: 'connected', detail: '' }),
    held: () => held,
    standing: () => [],
    notable: () => [],
    unit: () => ({ sync, reason: 'it was moved or copied here' }),
  }) as unknown as Observed;

test('keys of the fleet that are held are told by health and among the problems (both once said that all is well)', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const contextOf = (observed: Observed): AppContext =>
    ({ cluster: { observed }, store, publisher: { state: () => ({ state: 'following' }) } }) as unknown as AppContext;
  const message = 'The keys of the fleet are not applied: it was moved or copied here';

  const failed = contextOf(pageOf('failed'));
  const held = contextOf(pageOf('failed', [{ unit: 'fleet', reason: 'claworc.yaml is missing' }]));
  const well = contextOf(pageOf('applied'));

  expect(problemOfFleetUnit(failed)).toMatchObject([{ message }]);
  expect(viewHealth(failed)).toMatchObject({ status: 'degraded', kubernetes: message });
  expect(viewHealth(held)).toMatchObject({ status: 'degraded', kubernetes: 'claworc.yaml is missing' });
  expect(viewHealth(well)).toMatchObject({ status: 'ok', kubernetes: 'connected' });
});
