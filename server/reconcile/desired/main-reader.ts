import { withEntries } from '../../../constructs/repo/layered-map.ts';
import { readBaseFleet, underPolicyOf, type BaseFleet } from '../../../constructs/repo/base-policy.ts';
import { FLEET_PATH, FLEET_UNIT, type Repo } from '../../../constructs/repo/index.ts';
import { removalBudgetOf } from '../../../constructs/schema/removal-budget.ts';
import { createSnapshots, type Snapshots } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { createDesiredReader, desiredUnit } from './desired.ts';
import { createRenderings, type Renderings } from './renderings.ts';
import type { Refutations } from './refutations.ts';
import type { DesiredState } from './desired-state.ts';
import type { DesiredSource } from './desired-source.ts';
import { findSound } from './find-sound.ts';

export interface MainReader {
  /**
   * What main wants now; the very same value while main has not moved. Null before its first commit. While main as a
   * whole can't be applied (claworc.yaml is broken or missing, or it holds more than is read) it is what the last sound
   * commit wants, and the fleet's own unit says why.
   */
  read(): Promise<DesiredState | null>;
}

export interface MainReaderOptions {
  /** Of the same repository; saves a second reading of each commit. */
  readonly snapshots?: Pick<Snapshots, 'at'> | undefined;
  /** Of the same repository; saves a second rendering of each bot. */
  readonly renderings?: Renderings | undefined;
  /** What is refuted is held from the next reading on. */
  readonly refutations?: Refutations | undefined;
}

/** A commit as it was found. */
type Found =
  | { readonly isSound: true; readonly desired: DesiredState }
  /** Null: it holds more than is read. */
  | { readonly isSound: false; readonly repo: Repo | null; readonly why: string };

export function createMainReader(source: DesiredSource, options: MainReaderOptions = {}): MainReader {
  const { snapshots = createSnapshots(source), renderings = createRenderings(), refutations } = options;
  const reader = createDesiredReader({ renderings, refutations });
  let known: DesiredState | null = null;
  /** The head that `known` was read of. */
  let readAt: string | null = null;
  let sound: DesiredState | null = null;
  /** Of the last sound commit that was read. */
  let fleet: BaseFleet = null;

  const look = async (commit: string): Promise<Found> => {
    const snapshot = await unlessTooLarge(snapshots.at(commit));
    if (typeof snapshot === 'string') return { isSound: false, repo: null, why: snapshot };
    const { refused } = snapshot;
    if (snapshot.repo.fleet === null)
      return { isSound: false, repo: snapshot.repo, why: troubleOfFleet(snapshot.repo) };
    const before = fleet ?? (await fleetBefore(source, commit));
    const repo = underPolicyOf(before, snapshot.repo);
    fleet = repo.fleet;
    const [first] = refused;
    const removalBudget = removalBudgetOf((before ?? repo.fleet)?.spec.policy);
    const desired = { ...(await reader.read(commit, repo)), removalBudget };
    if (first === undefined) return { isSound: true, desired };
    const reason = `${first.path} was not read: ${first.reason}`;
    return { isSound: true, desired: { ...desired, complete: { allowed: false, reason } } };
  };

  const soundBefore = async (head: string): Promise<DesiredState | null> => {
    const found = await findSound(source, head, look);
    return found?.isSound === true ? found.desired : null;
  };

  const readCommit = async (head: string): Promise<DesiredState> => {
    const found = await look(head);
    if (found.isSound) return (sound = found.desired);
    const { repo, why } = found;
    sound ??= await soundBefore(head);
    if (sound !== null) {
      const verb = sound.applier === 'external' ? 'compared with the cluster' : 'applied';
      return behind(sound, `${why}; ${UNTIL} main goes on being ${verb} as it was at ${short(sound)}`);
    }
    const nothing = repo === null ? unread(head, why) : await reader.read(head, repo);
    return behind(nothing, `${why}; ${UNTIL} nothing is applied`);
  };

  return {
    async read() {
      const head = await source.head();
      if (head !== null && head !== readAt) {
        known = await readCommit(head);
        readAt = head;
      }
      if (known !== null && refutations !== undefined) known = refutations.without(known);
      return known;
    },
  };
}

const UNTIL = 'until that is put right,';

const short = ({ commit }: DesiredState): string => commit.slice(0, 7);

/** claworc.yaml as it was before `commit`, for a process that has read no commit yet. */
async function fleetBefore(source: DesiredSource, commit: string): Promise<BaseFleet> {
  const { versions } = await source.fileVersions(commit, FLEET_PATH);
  const bytes = versions.find((version) => version.commit !== commit)?.bytes ?? null;
  return bytes === null ? null : readBaseFleet(bytes);
}

/** In words where the commit holds more than is read. */
async function unlessTooLarge<Value>(reading: Promise<Value>): Promise<Value | string> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ClaworcError && error.code === 'too_large') return error.message;
    throw error;
  }
}

function troubleOfFleet(repo: Repo): string {
  const unit = desiredUnit(repo, FLEET_UNIT);
  return unit.state === 'held' ? unit.reason : 'claworc.yaml is missing';
}

/** The fleet's unit says what is wrong with main, and what comes of it. */
function behind(desired: DesiredState, reason: string): DesiredState {
  const held = { unit: FLEET_UNIT, state: 'held', reason } as const;
  const units = withEntries(desired.units, new Map([[FLEET_UNIT, held]]));
  return { ...desired, units, behind: reason };
}

function unread(commit: string, reason: string): DesiredState {
  const complete = { allowed: false, reason } as const;
  const nothing = { units: new Map(), nodePorts: new Map(), removalBudget: removalBudgetOf(undefined) };
  return { commit, namespace: null, applier: 'claworc', ...nothing, complete };
}
