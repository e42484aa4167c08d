import type { FleetRestorePreview, RestoredFleet } from '../../http/schemas/history.ts';
import type { AppContext } from '../app-context.ts';
import { write, type Written } from '../instances/write.ts';
import { groundOf } from './ground.ts';
import { checkRemoves, planFleetRestore, type PlannedFleetRestore } from './plan-fleet-restore.ts';
import { previewRestore } from './preview-restore.ts';
import { readRevision } from './revision.ts';

/**
 * Gives every bot the record that it had at a commit, and the fleet its defaults, as one edit; bots that the commit does not
 * have are removed, and keep their volumes. `remove` has to name exactly those. Throws `not_found`, `invalid` and `conflict`.
 */
export async function restoreFleet(
  context: AppContext,
  to: string,
  remove: readonly string[],
): Promise<Written<RestoredFleet>> {
  const planned = await planOf(context, to);
  checkRemoves(planned, remove);
  const { removes, message, changes } = planned;
  const { published } = await write(context, planned);
  return { published, value: { message: changes.length === 0 ? '' : message, removes: [...removes] } };
}

/** What it would commit and do. Throws as the write does. */
export async function previewFleetRestore(context: AppContext, to: string): Promise<FleetRestorePreview> {
  const planned = await planOf(context, to);
  return { ...(await previewRestore(context, planned)), removes: [...planned.removes] };
}

async function planOf(context: AppContext, to: string): Promise<PlannedFleetRestore> {
  const { commit } = await readRevision(context, to, 'to');
  return planFleetRestore(await groundOf(context), await context.snapshots.at(commit), commit);
}
