import { errorsOnly } from '../../../constructs/repo/repo.ts';
import type { Sync } from '../../http/schemas/common.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import { concealPaths } from '../../lib/conceal-paths.ts';
import { draftWait } from '../publish/main-wait.ts';
import { apiFieldOf } from './fields.ts';
import type { InstanceFacts } from './instance-facts.ts';

/** How a bot stands between its edits, main and the cluster. */
export interface Synced {
  readonly sync: Sync;
  readonly reason: string;
  /** What happens next about it, or what a person can do; empty where nothing is left to happen. */
  readonly next: string;
}

type Leaving = NonNullable<Instance['leaving']>;

/** Worst first (a warning is neither said nor a failure): what needs a person, then what differs, then what is on its way. */
export function syncOf(facts: InstanceFacts, leaving: Instance['leaving']): Synced {
  if (leaving !== null) return syncOfLeaving(leaving, facts);
  return refusalOf(facts) ?? cameApart(facts) ?? draftOf(facts) ?? publishedOf(facts);
}

function syncOfLeaving(leaving: Leaving, { live }: InstanceFacts): Synced {
  const needsPerson = live?.isWithheld === true || (live?.lostMarks.length ?? 0) > 0 || live?.leaving?.isStuck === true;
  const reason = `Leaving: ${leaving.waits_for}`;
  return needsPerson
    ? { sync: 'failed', reason, next: `It stays until this is settled: ${leaving.waits_for}` }
    : { sync: 'published', reason, next: 'Nothing to do; it leaves by itself.' };
}

/** What was refused before it came to the cluster. */
function refusalOf({ desired, problems, isEditedByHand }: InstanceFacts): Synced | undefined {
  const stuck = desired.drafts.find(({ state }) => state !== 'pending' && state !== 'proposed');
  if (stuck?.state === 'conflict') {
    const fields = stuck.conflicts.map(({ field }) => apiFieldOf(field)).join(', ');
    const next = 'Say under Changes which of the two values is meant, or discard the draft.';
    return { sync: 'failed', reason: `Conflict with main: ${fields || 'removed meanwhile'}`, next };
  }
  if (stuck !== undefined) {
    return { sync: 'failed', reason: stuck.detail, next: 'Discard the draft under Changes, and save it otherwise.' };
  }
  const [problem] = errorsOnly(problems);
  if (problem !== undefined) {
    const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
    return { sync: 'failed', reason: `${place}: ${problem.message}`, next: 'Correct it on main.' };
  }
  if (!isEditedByHand) return undefined;
  const reason = `Held: dist/${desired.row.name} on main is not what its record renders to`;
  return { sync: 'failed', reason, next: 'Save the bot again here, or run synth and push.' };
}

/** What the cluster refused, or somebody changed there. */
function cameApart({ live, isCurrent }: InstanceFacts): Synced | undefined {
  if (!isCurrent || (live?.sync !== 'failed' && live?.sync !== 'drifted')) return undefined;
  return { sync: live.sync, reason: live.reason, next: live.syncNext };
}

function draftOf({ desired, mainWait }: InstanceFacts): Synced | undefined {
  const { drafts, isLeaving } = desired;
  const [first] = drafts;
  if (first === undefined) return undefined;
  if (drafts.every(({ state, proposal }) => state === 'proposed' && proposal !== undefined)) {
    const reason = `Waits in proposal ${first.proposal}: ${first.message}`;
    return { sync: 'proposed', reason, next: `It changes when proposal ${first.proposal} is merged.` };
  }
  const next =
    mainWait === null
      ? 'Nothing to do; its draft becomes a commit, which is applied then.'
      : `Its draft is kept, and becomes a commit when nothing stands in its way. It waits for ${mainWait}.`;
  return { sync: 'draft', reason: draftWait(mainWait, isLeaving), next };
}

function publishedOf({ live, isCurrent, connection }: InstanceFacts): Synced {
  if (isCurrent && live?.sync === 'applied') return { sync: 'applied', reason: live.reason, next: live.syncNext };
  const seen = isCurrent ? live : undefined;
  const reason = [seen?.reason, concealPaths(connection.detail)].find(Boolean) ?? 'Not applied yet';
  return { sync: 'published', reason, next: seen?.syncNext ?? 'Nothing to do; its commit is applied next.' };
}
