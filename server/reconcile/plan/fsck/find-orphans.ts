import { FLEET_UNIT, recordPath, tombstonePath } from '../../../../constructs/repo/paths.ts';
import { nodePortsOf } from '../../desired/node-ports.ts';
import type { DesiredState, RemovedUnit } from '../../desired/desired-state.ts';
import { strayUnit } from '../../desired/stray-unit.ts';
import type { LiveIndex } from '../../live/live-index.ts';
import { fleetParent, lastCommit } from '../lineage.ts';
import { planUnit } from '../plan.ts';
import type { PlanContext } from '../plan-context.ts';
import type { PlannedVerb } from '../plan-types.ts';
import { named, type Finding } from './finding.ts';

/** An orphan as if a tombstone let it go: the guards, the order and the fate of its volumes are those of any removal. */
export const asRemoved = (unit: string): RemovedUnit => ({ unit, state: 'removed', data: 'retain', tombstone: 'fsck' });

/** Units that live and that the commit names nowhere, and volumes that were kept from such. */
export function findOrphans(
  desired: DesiredState,
  index: LiveIndex,
  contextOf: (unit: string) => PlanContext,
): readonly Finding[] {
  const strays = index.units().filter((unit) => unit !== FLEET_UNIT && !desired.units.has(unit));
  const kept = index.retained().filter(({ instance }) => !desired.units.has(instance));
  return [
    ...strays.filter((unit) => index.hasMembers(unit)).map((unit) => judge(unit, index, contextOf(unit))),
    ...kept.map(({ instance, volumes }): Finding => ({
      kind: 'retained',
      unit: instance,
      objects: volumes.map((name) => `PersistentVolumeClaim ${name}`),
      what: `volumes are kept of ${instance}, and the commit has neither a record nor a tombstone of it`,
      why: 'they take up storage until somebody wants them or deletes them',
      help: `a record of that name takes them over; a tombstone with \`data: destroy\` destroys them once it is approved`,
    })),
  ].sort((a, b) => ((a.unit ?? '') < (b.unit ?? '') ? -1 : 1));
}

function judge(unit: string, index: LiveIndex, context: PlanContext): Finding {
  const { removals: _, ...unhurried } = context;
  const live = index.unit(strayUnit(unit));
  // What it would be; whether anything is removed at all is judged for all repairs together.
  const plan = planUnit(asRemoved(unit), live, { ...unhurried, permit: { allowed: true } });
  const of = (verb: PlannedVerb) => plan.actions.filter(({ action }) => action === verb);
  const [goes, stays, skipped] = [of('prune'), of('retain'), of('skip')];
  const neither = `the commit has neither a record nor a tombstone of ${unit}`;
  const parent = live.parent === undefined ? [] : [named(live.parent)];
  if (live.objects.size === 0) {
    return {
      kind: 'orphan_parent',
      unit,
      objects: parent,
      what: `only the ApplySet parent of ${unit} is left, and ${neither}`,
      why: 'it names a bot that is gone, and the namespace counts as lived in because of it',
      help: '',
      ...(plan.parent.action === 'prune' && {
        repair: { type: 'remove_unit', unit, isNamed: false, words: `deletes ${parent.join('')}, which holds no data` },
      }),
    };
  }
  const ports = [...live.objects.values()].flatMap((object) => nodePortsOf(object)).sort((a, b) => a - b);
  const holds = ports.length === 0 ? '' : `, with node ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
  const known = `commit ${recordPath(unit)} to keep it, or ${tombstonePath(unit)} to let it go`;
  // Without a commit on the fleet's parent it can't be known that what lives is not newer than this commit.
  const isSure = fleetParent(index) !== undefined && lastCommit(index) !== undefined;
  const words = [
    ...(goes.length === 0 ? [] : [`deletes ${listed(goes)}`]),
    ...(stays.length === 0 ? [] : [`keeps ${listed(stays)}, labelled as kept`]),
    ...(skipped.length === 0 ? [] : [`leaves ${listed(skipped)} as it is`]),
  ].join('; ');
  return {
    kind: 'orphan',
    unit,
    objects: [...[...live.objects.values()].map(named).sort(), ...parent],
    what: `${unit} lives${holds}, and ${neither}`,
    why: 'it has names, ports and volumes that no commit says, and nothing of it is changed or removed',
    help: isSure
      ? `${known}; \`claworc fsck --repair --remove ${unit} --yes\` removes it without a tombstone`
      : `${known}; it is not removed here, as the cluster names no commit as the one it runs: \`claworc apply\` records that`,
    ...(isSure && goes.length + stays.length > 0 && { repair: { type: 'remove_unit', unit, isNamed: true, words } }),
  };
}

const listed = (actions: readonly { readonly kind: string; readonly name: string }[]): string =>
  actions.map(({ kind, name }) => `${kind} ${name}`).join(', ');
