import type { LiveObject } from '../../cluster/live-object.ts';
import { claimStatus, endingSince, isEnding } from '../live/live-shapes.ts';
import { tellTrouble, type Told } from './told.ts';
import { kubectl, type Trouble } from './trouble.ts';

interface ClaimTrouble extends Trouble {
  readonly since: string | undefined;
}

/**
 * What lives, where one of its volumes is lost or about to be: a pod goes on with a volume that it has, and its next
 * start would be without. For a bot that main keeps.
 */
export function besideItsClaims(told: Told, claims: readonly LiveObject[], isExternal = false): Told {
  const trouble = claims.map(lostTrouble).find((found) => found !== undefined);
  if (told.status === 'error') return told;
  if (told.status === 'stopped') {
    return trouble === undefined ? told : { ...tellTrouble(trouble, trouble.since), status: 'stopped' };
  }
  const found = trouble ?? claims.map((claim) => endingTrouble(claim, isExternal)).find((one) => one !== undefined);
  if (found === undefined) return told;
  return tellTrouble({ ...found, seen: `${told.seen}; ${found.seen}` }, found.since);
}

function lostTrouble(claim: LiveObject): ClaimTrouble | undefined {
  const { name } = claim.metadata;
  if (claimStatus(claim).phase !== 'Lost') return undefined;
  const volume = volumeOf(claim);
  return {
    cause: 'Volume is lost',
    seen: `claim ${name} is bound to ${volume}, which the cluster no longer has`,
    next: `If the storage still has the data, make ${volume} again by the same name, with a claimRef to ${name} and its uid: the claim is bound again by itself. Else restore it from a backup there.`,
    repair: 'volume',
    command: kubectl(claim, 'get', 'persistentvolumeclaim', name, '-o', 'yaml'),
    since: undefined,
  };
}

function endingTrouble(claim: LiveObject, isExternal: boolean): ClaimTrouble | undefined {
  if (!isEnding(claim)) return undefined;
  const { name } = claim.metadata;
  const { volumeName } = (claim.spec ?? {}) as { readonly volumeName?: string };
  const since = endingSince(claim);
  const patch = `'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
  return {
    cause: 'Volume is being deleted',
    seen: `somebody deleted claim ${name} at ${since ?? 'a time unknown'}; it goes when the pod ends`,
    next:
      volumeName === undefined
        ? `Nothing was on it yet; ${isExternal ? 'its applier makes it again' : 'it is made again'} when it is gone.`
        : `Neither stop nor restart the bot before its data is safe: the command makes the cluster keep ${volumeOf(claim)} when the claim goes.`,
    repair: 'volume',
    ...(volumeName !== undefined && {
      command: ['kubectl', 'patch', 'persistentvolume', volumeName, '-p', patch].join(' '),
    }),
    since,
  };
}

function volumeOf(claim: LiveObject): string {
  const { volumeName } = (claim.spec ?? {}) as { readonly volumeName?: string };
  return volumeName === undefined ? 'a volume' : `PersistentVolume ${volumeName}`;
}
