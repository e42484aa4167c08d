import { compareQuantities, parseQuantity } from '../../../../constructs/schema/index.ts';
import { isRecord } from '../../../lib/is-record.ts';
import { member, readPath } from '../field-path.ts';
import { writtenFields } from './written-fields.ts';
import type { PlannedAction } from '../plan-types.ts';
import { isRunning, podChange } from './pod-change.ts';

/**
 * What carrying an action out does to the bot, the mildest first. `none`: nothing that runs notices. `hot`: it takes effect
 * while the bot goes on. `volume_grows`: in place. `recreate`: the object is deleted and made again, and the pod goes on.
 * `restart`: the pod is replaced. `outage`: the bot, or the way to it, is gone until something else is written.
 * `destroys_data`: a volume goes with what is in it.
 */
export const OBJECT_EFFECTS = [
  'none',
  'hot',
  'volume_grows',
  'recreate',
  'restart',
  'outage',
  'destroys_data',
] as const;
export type ObjectEffect = (typeof OBJECT_EFFECTS)[number];

/** The effect of one planned action on a bot as it lives. */
export function effectOfAction(action: PlannedAction): ObjectEffect {
  const { kind, live } = action;
  switch (action.action) {
    case 'unchanged':
    case 'skip':
    case 'conflict':
    case 'create':
    case 'retain':
      return 'none';
    case 'prune':
      if (kind === 'PersistentVolumeClaim') return 'destroys_data';
      if (kind === 'Deployment') return isRunning(live) ? 'outage' : 'none';
      return kind === 'Service' ? 'outage' : 'none';
    case 'replace':
      if (kind === 'Deployment') return isRunning(live) ? 'outage' : 'recreate';
      return kind === 'Service' ? 'outage' : 'recreate';
    case 'configure':
      return effectOfChange(action);
  }
}

function effectOfChange(action: PlannedAction): ObjectEffect {
  const fields = writtenFields(action);
  switch (action.kind) {
    case 'Deployment': {
      const change = podChange(action);
      return change === 'stop' ? 'outage' : change === 'restart' ? 'restart' : 'none';
    }
    case 'Service':
    case 'NetworkPolicy':
      return fields.some((field) => field.startsWith('spec')) ? 'hot' : 'none';
    case 'PersistentVolumeClaim':
      return isGrowth(action) ? 'volume_grows' : 'none';
    // A pod reads both when it starts: its own template says that it has to.
    case 'ConfigMap':
    case 'Secret':
      return 'none';
  }
}

const STORAGE = ['spec', 'resources', 'requests', 'storage'].map(member);

/** The size that a claim asks for; undefined for anything else. */
export function storageOf(claim: unknown): string | undefined {
  const size = isRecord(claim) ? readPath(claim, STORAGE) : undefined;
  return typeof size === 'string' && parseQuantity(size) !== undefined ? size : undefined;
}

function isGrowth({ live, desired }: PlannedAction): boolean {
  const [was, is] = [storageOf(live), storageOf(desired?.object)];
  return was !== undefined && is !== undefined && compareQuantities(is, was) > 0;
}
