import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { withEntries } from '../../../constructs/repo/layered-map.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { isNews, writeRollout } from '../apply/write-rollout.ts';
import { createCommitReader } from '../desired/commit-reader.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import { isSameUnit } from '../desired/compare.ts';
import { heldBackIn } from '../desired/held-back.ts';
import type { DesiredState, DesiredUnit } from '../desired/desired-state.ts';
import type { ClusterSession } from '../live/cluster-session.ts';
import { fleetParent, lastCommit } from '../plan/lineage.ts';
import { findRollout, type Rollout } from '../plan/rollout/find-rollout.ts';
import { ROLLOUT_ANNOTATION, type RolloutState } from '../plan/rollout/rollout-state.ts';
import { showRollout, type ShownRollout } from '../plan/rollout/shown-rollout.ts';
import { steerRollout, type SteerRollout } from '../plan/rollout/steer-rollout.ts';
import { stepRollout, type RolloutStep } from '../plan/rollout/step-rollout.ts';
import { botHealth } from '../status/bot-health.ts';
import type { Observed } from '../status/observed.ts';

export interface RolloutWatchOptions {
  readonly api: ClusterApi | null;
  readonly source: DesiredSource;
  readonly snapshots: Pick<Snapshots, 'at'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly observed: () => Pick<Observed, 'unit' | 'isAbout' | 'subscribe'>;
  /** Whether this process writes to the cluster, whatever it may write of a commit. */
  readonly mayWrite: () => boolean;
  /** Something else is to be held back than before: main has to be looked at again. */
  readonly onChange: () => void;
  /** What became of it, one sentence, told once. @default nobody is */
  readonly onTold?: (shown: ShownRollout) => void;
  /** What is shown of it changed. @default nobody asks */
  readonly onShown?: () => void;
}

/** Takes a change of the fleet from ring to ring, as main, the cluster and the time have it. */
export interface RolloutWatch {
  /**
   * What is to be applied of what main wants: bots that a rollout has not come to are as they run. It is written down in the
   * cluster first, and rejects where that fails, so that nothing is applied that another reconciler would not hold back.
   * While the cluster isn't read it is as it was settled last.
   */
  settle(desired: DesiredState | null, synced: ClusterSession | null): Promise<DesiredState | null>;
  /** These units changed in the cluster. */
  note(units: Iterable<string>): void;
  /** Throws `conflict` where another rollout is on its way, or none. */
  steer(asked: SteerRollout): Promise<void>;
  /** Null where none is on its way. */
  shown(): ShownRollout | null;
  stop(): void;
}

/** Changes come in bursts and are weighed once. */
const GATHER_MS = 200;
const RETRY_MS = 5_000;
const LONGEST_MS = 60_000;

interface Settled {
  readonly from: DesiredState;
  readonly session: ClusterSession;
  readonly key: string;
  readonly applied: DesiredState;
}

export function createRolloutWatch(options: RolloutWatchOptions): RolloutWatch {
  const { api, source, snapshots, clock, log, observed, mayWrite, onChange, onTold, onShown } = options;
  let rollout: Rollout | null = null;
  let session: ClusterSession | null = null;
  let settled: Settled | undefined;
  let head = '';
  let told = '';
  let seen: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  let isStopped = false;
  let isWriting = false;
  let unsubscribe: (() => void) | undefined;
  /** The ring that is watched, and since when: a bot can't be late before anybody was there to bring the change. */
  let watched = { ring: '', since: 0 };
  const commits = createCommitReader(source, () => head);

  const keyOf = ({ index }: ClusterSession, { commit }: DesiredState): string => {
    const annotation = fleetParent(index)?.metadata.annotations?.[ROLLOUT_ANNOTATION];
    return annotation === undefined ? `${commit} ${lastCommit(index) ?? ''}` : `${commit} ${annotation}`;
  };
  const write = async ({ index, namespace }: ClusterSession, state: RolloutState | null): Promise<void> => {
    const parent = fleetParent(index);
    if (api === null || parent === undefined || !isNews(parent, state)) return;
    const written = await writeRollout({ api, namespace, parent }, state);
    if (!written.ok) throw clusterError(written.failure, `ConfigMap ${parent.metadata.name}`);
    index.put(written.value);
  };
  const stepOf = (current: Rollout): RolloutStep => {
    const { state, settings, rings } = current;
    const seen = observed();
    const ring = `${state.target} ${state.ring} ${state.since}`;
    if (watched.ring !== ring) watched = { ring, since: clock.now() };
    const healthOf = (unit: string) => botHealth(unit, seen.unit(unit), seen.isAbout(unit), state.main);
    return stepRollout({ state, settings, rings, healthOf, watchedSince: watched.since, now: clock.now() });
  };
  const lookIn = (ms: number): void => {
    const wait = Math.min(Math.max(GATHER_MS, ms), LONGEST_MS);
    if (isStopped || performance.now() + wait >= dueAt) return;
    clearTimeout(timer);
    dueAt = performance.now() + wait;
    timer = setTimeout(() => void advance(), wait);
  };
  const advance = async (): Promise<void> => {
    dueAt = Infinity;
    const [now, current] = [session, rollout];
    if (now === null || current === null || current.state.phase === 'done' || isWriting) return;
    const step = stepOf(current);
    tell();
    if (step.state === current.state) {
      if (step.nextAt !== null) lookIn(step.nextAt - clock.now());
      return;
    }
    if (!mayWrite() || settled?.from.suspension !== undefined) {
      lookIn(RETRY_MS);
      return;
    }
    isWriting = true;
    try {
      await write(now, step.state);
      onChange();
    } catch (error) {
      log.info('how far the rollout is could not be written down; it is tried again', { error: messageOf(error) });
      lookIn(RETRY_MS);
    } finally {
      isWriting = false;
    }
  };
  const shown = (): ShownRollout | null => (rollout === null ? null : showRollout(rollout, stepOf(rollout)));
  const tell = (): void => {
    const now = shown();
    if (now?.sentence !== seen) onShown?.();
    seen = now?.sentence;
    const state = now === null ? '' : [now.target, now.phase, now.ring].join();
    if (state === told) return;
    told = state;
    if (now !== null) onTold?.(now);
  };

  return {
    async settle(desired, next) {
      if (desired === null) return null;
      if (next === null) return settled?.from === desired ? settled.applied : desired;
      session = next;
      unsubscribe ??= observed().subscribe(() => {
        if (rollout !== null) lookIn(GATHER_MS);
      });
      const isAnnotated = fleetParent(next.index)?.metadata.annotations?.[ROLLOUT_ANNOTATION] !== undefined;
      // A fleet that asks for no rings is not looked at for them.
      if (desired.rollout === undefined && rollout === null && !isAnnotated) return desired;
      // What isn't main's newest commit is what was applied already.
      if (desired.behind !== undefined) return settled?.from.commit === desired.commit ? settled.applied : desired;
      const isWriter = mayWrite() && desired.suspension === undefined;
      const key = `${keyOf(next, desired)} ${isWriter}`;
      if (settled?.from === desired && settled.session === next && settled.key === key) return settled.applied;
      head = desired.commit;
      const last = lastCommit(next.index);
      const { repo } = await snapshots.at(desired.commit);
      const found = await findRollout({ desired, repo, index: next.index, commits, now: clock.now() });
      const isOver = found === null || (found.state.phase === 'done' && last === desired.commit);
      // What another repository has on its way is not ours to end.
      const isOurs = found !== null || last === undefined || (await commits.has(last));
      if (isWriter && isOurs) await write(next, isOver ? null : found.state);
      if (isOver) commits.keep([]);
      rollout = isOver ? null : found;
      const held = rollout?.held;
      const applied =
        held === undefined || held.size === 0
          ? desired
          : { ...desired, units: withEntries(desired.units, sameAsBefore(held, settled?.applied)) };
      settled = { from: desired, session: next, key: `${keyOf(next, desired)} ${isWriter}`, applied };
      lookIn(0);
      tell();
      return applied;
    },
    note(units) {
      if (settled === undefined || isWriting) return;
      const { session: seen, from, key } = settled;
      const isElsewhere = !key.startsWith(`${keyOf(seen, from)} `);
      if (isElsewhere && [...units].includes(FLEET_UNIT)) onChange();
    },
    async steer(asked) {
      const now = session;
      if (now === null || !mayWrite()) {
        throw new ClaworcError(
          'conflict',
          'Nothing is applied now, so that no rollout can be steered; load the page again.',
        );
      }
      const step = rollout === null ? null : stepOf(rollout);
      await write(now, steerRollout(asked, rollout, step, clock.now()));
      onChange();
    },
    shown,
    stop() {
      isStopped = true;
      unsubscribe?.();
      clearTimeout(timer);
    },
  };
}

/** Bots that are held back as before are the very same value, so that nobody looks at them again. */
function sameAsBefore(held: Rollout['held'], before: DesiredState | undefined): Rollout['held'] {
  return new Map(
    [...held].map(([unit, kept]) => {
      const known = before?.units.get(unit);
      return [unit, known !== undefined && isSameHold(known, kept) ? known : kept];
    }),
  );
}

function isSameHold(one: DesiredUnit, other: DesiredUnit): boolean {
  return isSameUnit(one, other) && JSON.stringify(heldBackIn(one)) === JSON.stringify(heldBackIn(other));
}
