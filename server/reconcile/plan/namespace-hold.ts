import type { PrunePermit } from '../desired/desired-state.ts';

/** Main names one namespace, and bots of ours live in another, or may: nothing of main is applied before that ends. */
export interface NamespaceHold {
  /** What main names. */
  readonly wanted: string;
  /** Where main was applied before; null where only a part of its history is here. */
  readonly former: string | null;
  /** Names of the bots that live there; null where it can't be known whether they are ours, or whether there are any. */
  readonly bots: readonly string[] | null;
  /** What a single unit is told, one line. */
  readonly reason: string;
  /** All that is known, with the way out. */
  readonly words: string;
}

export interface OccupiedFacts {
  readonly wanted: string;
  readonly former: string;
  /** The commit with which main came to name another; null where that isn't known. */
  readonly until: string | null;
  /** Bots of ours in the former namespace; at least one. */
  readonly bots: readonly string[];
  /** Bots of ours in the one that main names. */
  readonly beside: readonly string[];
}

/** The hold of a fleet that lives where main named it before. Pure. */
export function holdForBots({ wanted, former, until, bots, beside }: OccupiedFacts): NamespaceHold {
  const reason = `main names namespace ${wanted}, and bots live in ${former}: nothing is applied`;
  const named = until === null ? '' : `, which main named until ${short(until)}`;
  const start = `main names namespace ${wanted}, and ${counted(bots)} in ${former}${named}`;
  if (beside.length > 0) {
    const words =
      `${start}, beside ${counted(beside, 'others')} in ${wanted}: nothing is applied or removed before only one of the two is lived in. ` +
      `To end those in ${former}, and keep their volumes there: \`${endCommand(former)}\`. ` +
      `To go on in ${former} instead, run it with \`-n ${wanted}\` and put \`namespace: ${former}\` back into claworc.yaml`;
    return { wanted, former, bots, reason, words };
  }
  const words =
    `${start}: nothing is applied or removed, or they would run twice. To go on in ${former}, put \`namespace: ${former}\` back into claworc.yaml. ` +
    `To move, put it back too, delete the bots in one commit, wait until they are gone, change the namespace in the next, and create them again; volumes do not move`;
  return { wanted, former, bots, reason, words };
}

/** Where it can't be known whether bots of ours live in a former namespace. `why` ends without a full stop. */
export function holdForDoubt(wanted: string, former: string | null, until: string | null, why: string): NamespaceHold {
  const named = until === null ? '' : ` (main named it until ${short(until)})`;
  const where = former === null ? 'in another namespace' : `in namespace ${former}${named}`;
  return {
    wanted,
    former,
    bots: null,
    reason: `whether bots live ${where} can't be known: nothing is applied in ${wanted}`,
    words:
      `whether bots of this fleet live ${where} can't be known: ${why}. Nothing is applied or removed in ${wanted} before that is known, or they could run twice. ` +
      `Where nothing of the fleet is left there, say so with \`claworc apply --allow-older\``,
  };
}

/** Nothing at all is written under this permit. */
export const permitUnder = ({ reason }: NamespaceHold): PrunePermit => ({
  allowed: false,
  reason,
  overwrites: { units: 'all', reason },
});

/** Why no unit may be written at all, or undefined. */
export const reasonForAll = (permit: PrunePermit): string | undefined =>
  permit.allowed || permit.overwrites?.units !== 'all' ? undefined : permit.overwrites.reason;

/** Ends bots and leaves their claims. */
const endCommand = (namespace: string): string =>
  `kubectl -n ${namespace} delete deployments,services,configmaps,secrets,networkpolicies -l app.kubernetes.io/managed-by=claworc`;

const short = (commit: string): string => commit.slice(0, 7);

const TOLD = 5;

/** `2 bots live (bot-alpha, bot-beta)`. */
function counted(bots: readonly string[], noun?: string): string {
  const told = [...bots].sort().slice(0, TOLD).join(', ');
  const list = bots.length > TOLD ? `${told} and ${bots.length - TOLD} more` : told;
  if (noun !== undefined) return `${bots.length} ${noun} (${list})`;
  return `${bots.length === 1 ? '1 bot lives' : `${bots.length} bots live`} (${list})`;
}
