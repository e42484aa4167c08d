import { formatBytes, formatCpu } from '../../../../constructs/format-amounts.ts';
import { parseQuantity } from '../../../../constructs/schema/index.ts';
import { isRecord } from '../../../lib/is-record.ts';
import { member, readPath } from '../field-path.ts';
import { heldIn } from '../held-fields.ts';
import type { PlannedAction, UnitPlan } from '../plan-types.ts';
import { storageOf } from './object-effect.ts';
import { replicasIn } from './pod-change.ts';

/** What objects ask of a cluster together, as quantities: requests of the pods that run, volumes of all claims. */
export interface ResourceSum {
  readonly cpu: string;
  readonly memory: string;
  readonly volumes: string;
  readonly bots: number;
}

/** That of all units before and after their plans are carried out. */
export interface PlanSums {
  readonly before: ResourceSum;
  readonly after: ResourceSum;
}

export function sumsOfPlans(units: readonly UnitPlan[]): PlanSums {
  const actions = units.flatMap((unit) => unit.actions.map((action) => ({ action, isHeld: unit.state === 'held' })));
  return {
    before: sumOf(actions.map(({ action }) => action.live)),
    after: sumOf(actions.map(({ action, isHeld }) => (isHeld ? action.live : afterwards(action)))),
  };
}

/** What of an object is summed. */
const COUNTED = /^spec\.(replicas|resources)\b|\.requests\b/;

/** The object that is there when the action is done; undefined for none. */
function afterwards(planned: PlannedAction): unknown {
  const { live, desired } = planned;
  switch (planned.action) {
    case 'prune':
      return undefined;
    case 'create':
    case 'replace':
      return desired?.object;
    case 'configure':
      return heldIn(planned).some(({ field }) => COUNTED.test(field)) ? live : desired?.object;
    case 'unchanged':
    case 'skip':
    case 'conflict':
    case 'retain':
      return live;
  }
}

function sumOf(objects: readonly unknown[]): ResourceSum {
  let [cpu, memory, volumes, bots] = [0n, 0n, 0n, 0];
  for (const object of objects) {
    if (!isRecord(object)) continue;
    if (object.kind === 'PersistentVolumeClaim') volumes += amount(storageOf(object));
    if (object.kind !== 'Deployment') continue;
    bots++;
    const pods = BigInt(replicasIn(object));
    for (const requests of requestsOf(object)) {
      cpu += pods * amount(requests.cpu);
      memory += pods * amount(requests.memory);
    }
  }
  return { cpu: formatCpu(cpu), memory: formatBytes(memory), volumes: formatBytes(volumes), bots };
}

const CONTAINERS = ['spec', 'template', 'spec', 'containers'].map(member);
const REQUESTS = ['resources', 'requests'].map(member);

function requestsOf(deployment: unknown): readonly Readonly<Record<string, unknown>>[] {
  const containers = readPath(deployment, CONTAINERS);
  return (Array.isArray(containers) ? (containers as readonly unknown[]) : []).flatMap((container) => {
    const requests = readPath(container, REQUESTS);
    return isRecord(requests) ? [requests] : [];
  });
}

const amount = (value: unknown): bigint =>
  typeof value === 'string' || typeof value === 'number' ? (parseQuantity(String(value)) ?? 0n) : 0n;
