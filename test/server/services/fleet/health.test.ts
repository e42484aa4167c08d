import { expect, test } from 'vitest';
import type { LiveView } from '../../../../server/reconcile/status/view.ts';
import type { AppContext } from '../../../../server/services/app-context.ts';
import { viewHealth } from '../../../../server/services/fleet/health.ts';
import { problemOfFleetUnit } from '../../../../server/services/fleet/state.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { join } from 'node:path';
import { temporaryFolder } from '../../secrets/fixtures.ts';

const viewOf = (sync: 'applied' | 'failed', held: ReturnType<LiveView['held']> = []): LiveView =>
  ({
    connection: () => ({ state: 'connected', detail: '' }),
    held: () => held,
    standing: () => [],
    notable: () => [],
    unit: () => ({ sync, reason: 'it was moved or copied here' }),
  }) as unknown as LiveView;

test('keys of the fleet that are held are told by health and among the problems (both once said that all is well)', async () => {
  await using folder = await temporaryFolder();
  using store = openStore({ file: join(folder.path, 'c.db'), lockFile: join(folder.path, 'c.lock'), log: silentLog });
  const contextOf = (view: LiveView): AppContext =>
    ({ cluster: { view }, store, publisher: { state: () => ({ state: 'following' }) } }) as unknown as AppContext;
  const message = 'The keys of the fleet are not applied: it was moved or copied here';

  const failed = contextOf(viewOf('failed'));
  const held = contextOf(viewOf('failed', [{ unit: 'fleet', reason: 'claworc.yaml is missing' }]));
  const well = contextOf(viewOf('applied'));

  expect(problemOfFleetUnit(failed)).toMatchObject([{ message }]);
  expect(viewHealth(failed)).toMatchObject({ status: 'degraded', kubernetes: message });
  expect(viewHealth(held)).toMatchObject({ status: 'degraded', kubernetes: 'claworc.yaml is missing' });
  expect(viewHealth(well)).toMatchObject({ status: 'ok', kubernetes: 'connected' });
});
