import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { CommitOrder } from '../../git/read/commit-order.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { PrunePermit } from '../desired/desired-state.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { COMMIT_ANNOTATION } from './applyset.ts';

/** Asks git how `commit` stands to `other`. */
export type OrderOf = (commit: string, other: string) => Promise<CommitOrder>;

/** How a commit stands to the one that a cluster was last brought to. */
export type Lineage =
  | { readonly order: 'first' | 'after' }
  | {
      readonly order: Exclude<CommitOrder, 'after'>;
      /** The commit that the cluster was last brought to. */
      readonly last: string;
      /** What that means, for people; with the command that helps where history isn't here. */
      readonly reason: string;
    };

/** A main that doesn't come after what the cluster was brought to, until a person says that it counts. */
export interface Rewind {
  readonly commit: string;
  /** The commit that the cluster was brought to; empty where it names none. */
  readonly last: string;
  /** What that means, for people. */
  readonly reason: string;
}

/** The ApplySet parent of what the fleet shares; it carries the commit. */
export const fleetParent = (index: LiveIndex): LiveObject | undefined =>
  index.get('ConfigMap', parentNameOf(FLEET_UNIT));

/** The commit that this cluster was last brought to; undefined before the first. */
export const lastCommit = (index: LiveIndex): string | undefined =>
  fleetParent(index)?.metadata.annotations?.[COMMIT_ANNOTATION];

/** Rejects where git can't be asked; without `orderOf` nothing is checked. */
export async function readLineage(
  commit: string,
  last: string | undefined,
  orderOf: OrderOf | undefined,
): Promise<Lineage> {
  if (last === undefined) return { order: 'first' };
  if (last === commit || orderOf === undefined) return { order: 'after' };
  if (!isCommit(last)) return { order: 'missing', last: '', reason: 'the cluster names no commit as the one it runs' };
  const order = await orderOf(commit, last);
  return order === 'after' ? { order } : { order, last, reason: describe(order, commit, last) };
}

/**
 * Deletions are decided only from a descendant of what was applied before: a rewound or rewritten main lacks tombstones.
 * What lives may be another repository's where its commit isn't in this one; where it is on another branch, what the fleet
 * shares is left to it. `allowOlder`: a person said that this commit counts.
 */
export function lineagePermit(lineage: Lineage, allowOlder = false): PrunePermit {
  if (!('reason' in lineage)) return { allowed: true };
  const { order } = lineage;
  const reason = `${lineage.reason}; nothing is removed until that is settled`;
  if (allowOlder || (order !== 'missing' && order !== 'apart')) return { allowed: false, reason };
  const why = `${lineage.reason}. What lives is not overwritten: give each repository a namespace of its own, or let this one take over with \`claworc apply --allow-older\``;
  return { allowed: false, reason, overwrites: { units: order === 'missing' ? 'living' : 'fleet', reason: why } };
}

/**
 * True where an apply could take back what the cluster already runs: the commit is older, or it can't be known that it
 * isn't. History that was rewritten is another matter: both ends of it were looked at.
 */
export const couldTakeBack = ({ order }: Lineage): boolean =>
  order === 'before' || order === 'cut_off' || order === 'missing';

/** Why an apply is refused although it could be carried out, or null. */
export function refuseOlder(lineage: Lineage, allowOlder: boolean): string | null {
  return 'reason' in lineage && couldTakeBack(lineage) && !allowOlder ? lineage.reason : null;
}

function describe(order: Exclude<CommitOrder, 'after'>, commit: string, last: string): string {
  const [now, before] = [commit.slice(0, 7), last.slice(0, 7)];
  switch (order) {
    case 'before':
      return `${now} is older than ${before}, which the cluster runs`;
    case 'apart':
      return `${now} does not come after ${before}, which the cluster runs: it is on another branch, or history was rewritten`;
    case 'cut_off':
      return `this clone is shallow, so it can't be told whether ${now} comes after ${before}, which the cluster runs: get its history with \`git fetch --unshallow\` (fetch-depth: 0 in a workflow)`;
    case 'missing':
      return `${before}, which the cluster runs, or the history between it and ${now}, is not in this repository: get it with \`git fetch origin ${last}\`; if that finds nothing, history was rewritten or the cluster runs another repository`;
  }
}

/** Anybody may write an annotation, and this one goes to git and to a terminal. */
const isCommit = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
