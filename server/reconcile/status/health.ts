import type { LiveObject } from '../../cluster/live-object.ts';
import { appliedAt } from '../plan/ownership.ts';
import { claimStatus, deploymentStatus, isEnding, replicasOf } from '../live/live-shapes.ts';

/** An object in a few words: `0 of 1 ready`, `bound, 5 GiB`, `2 ports`. `isExternal`: Claworc did not apply it. */
export function healthOf(live: LiveObject | null, isExternal = false): string {
  if (live === null) return 'not there';
  if (isEnding(live)) return 'being deleted';
  switch (live.kind) {
    case 'Deployment': {
      const wanted = replicasOf(live) ?? 1;
      const { replicas = 0, readyReplicas = 0 } = deploymentStatus(live);
      if (wanted > 0) return `${readyReplicas} of ${wanted} ready`;
      return replicas === 0 ? 'stopped' : `${replicas} still there, 0 wanted`;
    }
    case 'PersistentVolumeClaim': {
      const { phase = 'Pending', capacity } = claimStatus(live);
      const size = capacity?.storage;
      return size === undefined ? phase.toLowerCase() : `${phase.toLowerCase()}, ${sizeInWords(size)}`;
    }
    case 'Service': {
      const ports = (live.spec as { readonly ports?: readonly unknown[] } | undefined)?.ports?.length ?? 0;
      return ports === 1 ? '1 port' : `${ports} ports`;
    }
    case 'ConfigMap':
    case 'Secret': {
      const at = isExternal ? undefined : appliedAt(live);
      return at === undefined ? 'there' : `updated ${at.slice(11, 19)}`;
    }
    default:
      return isExternal ? 'there' : 'applied';
  }
}

/** `5Gi` to `5 GiB`. */
export function sizeInWords(quantity: string): string {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE]i?)$/.exec(quantity);
  return match === null ? quantity : `${match[1] ?? ''} ${match[2] ?? ''}B`;
}
