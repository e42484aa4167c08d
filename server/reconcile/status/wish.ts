import type { LiveObject } from '../../cluster/live-object.ts';
import { isEnding, replicasOf } from '../live/live-shapes.ts';
import { member } from '../plan/field-path.ts';
import { isHandEdit } from '../plan/managers.ts';
import { otherOwners } from '../plan/ownership.ts';
import { BEING_APPLIED, NOTHING_TO_DO, type Told } from './told.ts';
import { kubectl } from './trouble.ts';

export interface Wish {
  /** Replicas that main wants; undefined where main says nothing that could be applied. */
  readonly wanted: number | undefined;
  readonly isLeaving: boolean;
  /** Why the cluster isn't as main says, or empty. */
  readonly behind: string;
  /** @default false */
  readonly isExternal?: boolean;
}

const SPEC_REPLICAS = [member('spec'), member('replicas')];

/** What lives, with what was wanted beside it where the two differ. */
export function besideTheWish(told: Told, deployment: LiveObject | undefined, wish: Wish): Told {
  const { wanted, isLeaving, behind, isExternal = false } = wish;
  const replicas = deployment === undefined ? undefined : (replicasOf(deployment) ?? 1);
  if (deployment !== undefined && isEnding(deployment)) return besideItsEnd(told, isLeaving, isExternal);
  if (wanted === undefined) return told;
  const isUp = told.status !== 'stopped';
  if (wanted === 0 ? !isUp : isUp && (replicas ?? wanted) === wanted) return told;
  if (wanted > 0 && told.status === 'error') return told;
  const words = isLeaving ? 'to be removed' : wanted === 0 ? 'wanted stopped' : 'wanted running';
  // Of another applier it is as right as of us that it owns the number of pods; what differs is said with its owner.
  const holders = deployment === undefined || isExternal ? [] : holdersOf(deployment);
  if (isUp && wanted > 0)
    return heldReplicas(told, deployment, holders, wanted, `Runs ${replicas ?? 0} pods, ${wanted} wanted`);
  const reason = `${stateOf(told)}, ${words}`;
  if (replicas === wanted) {
    const next = told.status === 'error' ? told.next : 'Nothing to do; its pod is about to end.';
    return { ...told, reason, next };
  }
  if (holders.length > 0) return heldReplicas(told, deployment, holders, wanted, reason);
  if (behind === '') return { ...told, reason };
  if (isExternal) {
    const next = isLeaving ? 'It goes when its applier removes it.' : 'It changes when its applier applies main.';
    return { ...told, reason: `${reason}: ${behind}`, seen: `${told.seen}; ${behind}`, next };
  }
  return {
    ...told,
    reason: `${reason}: ${behind}`,
    seen: `${told.seen}; not applied yet: ${behind}`,
    next: behind === BEING_APPLIED ? NOTHING_TO_DO : 'It is applied as soon as what holds it is gone.',
  };
}

/** The Deployment is being deleted: by us, or by somebody else. */
function besideItsEnd(told: Told, isLeaving: boolean, isExternal: boolean): Told {
  if (told.status === 'stopped' || told.status === 'error') return told;
  const again = isExternal
    ? 'It is there again when its applier applies main.'
    : 'Nothing to do; it is made again when it is gone.';
  const next = isLeaving ? 'Nothing to do; its pod is about to end.' : again;
  return { ...told, reason: `${stateOf(told)}, its Deployment is being deleted`, next };
}

function stateOf({ status, reason }: Told): string {
  switch (status) {
    case 'running':
      return 'Still running';
    case 'creating':
      return 'Still starting';
    case 'stopped':
      return 'Stopped';
    case 'error':
      return reason;
  }
}

function heldReplicas(
  told: Told,
  deployment: LiveObject | undefined,
  holders: readonly string[],
  wanted: number,
  reason: string,
): Told {
  if (deployment === undefined || holders.length === 0) return { ...told, reason };
  const who = holders.join(', ');
  const command = kubectl(deployment, 'scale', `deployment/${deployment.metadata.name}`, `--replicas=${wanted}`);
  return {
    ...told,
    reason: `${reason}: spec.replicas is held by ${who}`,
    seen: `${told.seen}; ${who} has set spec.replicas to ${replicasOf(deployment) ?? 1}`,
    next: `Take away what ${who} scales this bot by (a bot never runs in two pods); then the command frees the field.`,
    repair: 'none',
    command,
  };
}

/** Who beside us and people's kubectl owns the number of pods. */
function holdersOf(deployment: LiveObject): readonly string[] {
  return otherOwners(deployment, SPEC_REPLICAS).filter((manager) => !isHandEdit(manager));
}
