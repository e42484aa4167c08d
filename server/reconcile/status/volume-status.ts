import type { LiveObject } from '../../cluster/live-object.ts';
import type { ClusterEvent } from '../live/cluster-event.ts';
import { claimStatus, isEnding } from '../live/live-shapes.ts';
import type { Trouble } from './pod-trouble.ts';

export interface VolumesSeen {
  readonly bound: number;
  readonly total: number;
  /** Why a claim won't be bound by itself. */
  readonly trouble: Trouble | undefined;
}

const REFUSALS = new Set(['ProvisioningFailed', 'FailedBinding', 'VolumeMismatch']);

/** How far the claims of a bot are. A claim that waits for its first pod is on its way, not in trouble. */
export function volumesSeen(claims: readonly LiveObject[], events: readonly ClusterEvent[]): VolumesSeen {
  const bound = claims.filter((claim) => claimStatus(claim).phase === 'Bound').length;
  const unbound = claims.filter((claim) => claimStatus(claim).phase !== 'Bound');
  for (const { metadata, ...claim } of unbound) {
    if (isEnding({ ...claim, metadata })) continue;
    const refusal = events.find(
      ({ kind, name, reason }) => kind === 'PersistentVolumeClaim' && name === metadata.name && REFUSALS.has(reason),
    );
    if (refusal !== undefined) {
      const trouble = {
        cause: 'Volume pending',
        seen: `${metadata.name}: ${refusal.message}`,
        next: 'Give the cluster a default storage class, or name one in the record.',
      };
      return { bound, total: claims.length, trouble };
    }
  }
  return { bound, total: claims.length, trouble: undefined };
}
