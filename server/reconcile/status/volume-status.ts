import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { claimStatus, isEnding } from '../live/live-shapes.ts';
import { nodeOf } from '../live/pods.ts';
import { kubectl, type Trouble } from './trouble.ts';

export interface VolumesSeen {
  readonly bound: number;
  readonly total: number;
  /** Why a claim won't be bound by itself. */
  readonly trouble: Trouble | undefined;
  /** When a refusal that may still pass becomes a trouble; undefined where there is none. */
  readonly troubleAt: number | undefined;
}

const REFUSALS = new Set(['ProvisioningFailed', 'FailedBinding', 'VolumeMismatch']);

/** Controllers try again by themselves, and often at first: what they say is no trouble before so long. */
export const RETRIED_MS = 30_000;

/** How far the claims of a bot are. A claim that waits for its first pod is on its way, not in trouble. */
export function volumesSeen(claims: readonly LiveObject[], events: readonly ClusterEvent[], now: number): VolumesSeen {
  const bound = claims.filter((claim) => claimStatus(claim).phase === 'Bound').length;
  const unbound = claims.filter((claim) => claimStatus(claim).phase !== 'Bound' && !isEnding(claim));
  let troubleAt: number | undefined;
  for (const claim of unbound) {
    const { name } = claim.metadata;
    const refusal = events.find(
      (event) => event.kind === 'PersistentVolumeClaim' && event.name === name && REFUSALS.has(event.reason),
    );
    if (refusal === undefined) continue;
    const due = Date.parse(refusal.firstAt) + RETRIED_MS;
    if (due > now) {
      troubleAt = Math.min(troubleAt ?? due, due);
      continue;
    }
    const trouble: Trouble = {
      cause: 'Volume pending',
      seen: `${name}: ${refusal.message}`,
      next: 'Give the cluster a storage class that makes it: a default one, or the one that the record names. The claim is bound by itself then.',
      repair: 'volume',
      command: kubectl(claim, 'describe', 'persistentvolumeclaim', name),
    };
    return { bound, total: claims.length, trouble, troubleAt: undefined };
  }
  return { bound, total: claims.length, trouble: undefined, troubleAt };
}

export interface MountSeen {
  /** What the node said last, while the container can't be made for it. */
  readonly message: string;
  readonly trouble: Trouble | undefined;
  readonly troubleAt: number | undefined;
}

const MOUNT_REFUSALS = new Set(['FailedMount', 'FailedAttachVolume']);
/** What a node says of a pod whose volumes are there. */
const AFTER_MOUNT = new Set(['Pulling', 'Pulled', 'Created', 'Started']);

/** Why a pod's volumes aren't in it; undefined when nothing was said, or it has gone on since. */
export function mountSeen(
  pod: LiveObject,
  holder: LiveObject | undefined,
  events: readonly ClusterEvent[],
  now: number,
): MountSeen | undefined {
  const own = events.filter(({ kind, name }) => kind === 'Pod' && name === pod.metadata.name);
  const refusal = own.find(({ reason }) => MOUNT_REFUSALS.has(reason));
  if (refusal === undefined) return undefined;
  if (own.some(({ reason, at }) => AFTER_MOUNT.has(reason) && at >= refusal.at)) return undefined;
  const { message } = refusal;
  const due = Date.parse(refusal.firstAt) + RETRIED_MS;
  if (due > now) return { message, trouble: undefined, troubleAt: due };
  return { message, trouble: mountTrouble(pod, holder, message), troubleAt: undefined };
}

function mountTrouble(pod: LiveObject, holder: LiveObject | undefined, message: string): Trouble {
  const cause = 'Volume cannot be attached';
  if (/multi-attach/i.test(message) && holder !== undefined) {
    return {
      cause,
      seen: `${message}; pod ${holder.metadata.name} on ${nodeOf(holder)} still holds it`,
      next: `Bring ${nodeOf(holder)} back. If it is off for good, the command lets its pod go; with the node still running, two bots would write to one volume.`,
      repair: 'node',
      command: kubectl(pod, 'delete', 'pod', holder.metadata.name, '--force', '--grace-period=0'),
    };
  }
  const missing = /(configmap|secret) "([^"]+)" not found/i.exec(message);
  if (missing !== null) {
    const isSecret = missing[1]?.toLowerCase() === 'secret';
    return {
      cause: `${isSecret ? 'Key' : 'Config'} is missing in the cluster`,
      seen: message,
      next: 'Publish what it names; the node tries again by itself.',
      repair: isSecret ? 'key' : 'config',
    };
  }
  return {
    cause,
    seen: message,
    next: 'Look at the storage and the node that the message names; the node tries again by itself.',
    repair: 'volume',
    command: kubectl(pod, 'describe', 'pod', pod.metadata.name),
  };
}
