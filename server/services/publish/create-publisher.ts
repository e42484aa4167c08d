import { setTimeout as delay } from 'node:timers/promises';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { noFailpoint } from '../../lib/failpoint.ts';
import { hasEnded } from '../../lib/has-ended.ts';
import { createRenderings } from '../../reconcile/desired/renderings.ts';
import { getFleet } from '../../store/fleet.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { getEdit } from '../../store/outbox.ts';
import { createPublishBus } from './events.ts';
import { createMainLine } from './main-line.ts';
import { createRemoteSide } from './remote-side.ts';
import type { PublisherDeps } from './publisher-deps.ts';
import type { Publisher, PublisherState, Settled } from './publisher.ts';
import { discardDraft, submitEdit } from './submit.ts';
import { publishModeOf } from '../proposals/main-takes.ts';
import { createProposalLine } from '../proposals/proposal-line.ts';
import { restoreProposals } from '../proposals/restore-notes.ts';
import { createPushGate } from './push-gate.ts';
import { createTurnJobs } from './turn-jobs.ts';
import { createWaiters } from './waiters.ts';

/** A lock of a git that was killed while we run: old enough that no living git holds it. */
const STALE_LOCK_MS = 10_000;
const MAX_BACKOFF_MS = 30_000;
/** What is told at the end of each turn. */
const TURN = 'turn';

export function createPublisher(deps: PublisherDeps): Publisher {
  const { store, repository, mirror, log, clock, renderings = createRenderings(), pollMs = 30_000 } = deps;
  const random = deps.random ?? Math.random;
  const failpoint = deps.failpoint ?? noFailpoint;
  const publishMode = () => publishModeOf(getFleet(store.reader)?.record);
  const remote =
    mirror === undefined ? undefined : createRemoteSide({ mirror, clock, random, pollMs, log, publishMode });
  const bus = createPublishBus(log);
  const settling = createWaiters();
  let state: PublisherState = { state: 'following', head: null };
  /** What is so here, which is told only where nothing stands in the way on the remote. */
  const setState = (here: PublisherState): void => {
    const next = remote?.obstacle(here.head) ?? here;
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    const isNews = next.state !== state.state;
    state = next;
    if (isNews && next.state !== 'following') log.warn('Publishing waits', { ...next });
    bus.emit('state', next);
  };
  const refresh = async (signal: AbortSignal): Promise<boolean> => (await remote?.follow(signal, true)) ?? true;
  const touchProposal: Publisher['touchProposal'] = (number, units) => bus.emit('proposal', { number, units });
  const proposals = createProposalLine({
    ...deps,
    renderings,
    failpoint,
    onChange: touchProposal,
    onSettled: (editId) => settling.tell(editId),
    onOutrun: () => pull(),
  });
  const jobs = createTurnJobs();
  const gate = createPushGate();
  const line = createMainLine({
    ...deps,
    renderings,
    random,
    failpoint,
    bus,
    settling,
    proposals,
    jobs,
    gate,
    setState,
    refresh,
  });

  let isDirty = true;
  let rouse = (): void => undefined;
  const wake = (): void => {
    isDirty = true;
    rouse();
  };
  const pull = (): void => {
    remote?.want();
    wake();
  };
  /** Until `wake`, the end of `ms`, or the abort. */
  const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (isDirty || signal.aborted) return;
    const roused = new AbortController();
    rouse = () => roused.abort();
    await delay(ms, undefined, { signal: AbortSignal.any([roused.signal, signal]) }).catch(() => undefined);
  };

  const look = (editId: string): Settled => {
    const edit = getEdit(store.reader, editId);
    if (edit === undefined) throw new ClaworcError('not_found', `There is no edit ${editId}.`, { subject: editId });
    switch (edit.state) {
      case 'published':
        return { state: 'published', commit: edit.commit ?? '' };
      case 'conflict':
        return { state: 'conflict', conflicts: edit.conflicts };
      case 'failed':
        return { state: 'failed', detail: edit.detail };
      case 'proposed':
        return { state: 'proposed', commit: edit.proposedAs ?? '' };
      case 'pending':
      case 'discarded':
        return { state: edit.state };
    }
  };

  return {
    submit: (edit, opening) => {
      const proposal = submitEdit(store, edit, failpoint, opening);
      wake();
      return proposal;
    },
    settled: async (editId, timeoutMs) => {
      const now = look(editId);
      if (now.state !== 'pending') return now;
      await settling.wait(editId, timeoutMs);
      return look(editId);
    },
    discardDraft: (editId) => {
      if (line.isInFlight(editId) || !discardDraft(store, editId, isoSeconds(clock))) return false;
      settling.tell(editId);
      return true;
    },
    inTurn: (work) => {
      const done = jobs.add(work);
      wake();
      return done;
    },
    touchProposal: (number, units) => {
      touchProposal(number, units);
      // What git keeps of it is due.
      wake();
    },
    passForPush: () => gate.pass(),
    run: async (signal) => {
      const removed = await repository.clearStaleLocks();
      if (removed.length > 0) log.warn('Locks of a killed git removed', { removed });
      const watch = await repository.watchMain(wake);
      let failures = 0;
      try {
        while (!signal.aborted) {
          isDirty = false;
          try {
            const mayPublish = (await remote?.follow(signal)) ?? true;
            // A new database, of a repository that may have been another's.
            if (getMeta(store.reader, IMPORTED_COMMIT) === undefined) await restoreProposals({ store, repository });
            await line.turn(signal, mayPublish);
            jobs.refuse(state);
            remote?.followBranches(signal, wake);
            failures = 0;
          } catch (error) {
            if (hasEnded(signal)) break;
            if (remote?.noteFailure(error) === true) {
              setState({ state: 'following', head: state.head });
              continue;
            }
            failures += 1;
            setState({ state: 'unreachable', head: state.head, detail: messageOf(error) });
            jobs.refuse(state);
            if (error instanceof ClaworcError && error.retryable) await repository.clearStaleLocks(STALE_LOCK_MS);
          } finally {
            gate.open();
            settling.tell(TURN);
          }
          const pause = failures === 0 ? pollMs : Math.min(250 * 2 ** failures, MAX_BACKOFF_MS);
          await rest(Math.min(pause, remote?.dueIn() ?? pause), signal);
        }
      } finally {
        jobs.refuse(state, true);
        await remote?.idle();
        await watch.close();
      }
    },
    state: () => state,
    remote: () => remote?.standing() ?? null,
    pull,
    pulled: async (timeoutMs) => {
      const [from, until] = [remote?.asked() ?? 0, clock.now() + timeoutMs];
      pull();
      // The turn that is under way may have asked before.
      while (remote?.asked() === from && clock.now() < until) await settling.wait(TURN, until - clock.now());
    },
    restoreBranch: async () => {
      if (mirror === undefined) throw new ClaworcError('conflict', 'Main is on no remote.');
      await mirror.restoreBranch();
      pull();
    },
    acceptHead: async (head) => {
      if (state.state !== 'rewritten') throw new ClaworcError('conflict', 'History was not rewritten.');
      if (mirror !== undefined) await mirror.accept(head);
      else if ((await repository.head()) !== head) {
        throw new ClaworcError('stale', `main is not at ${head} any more; look again.`, { subject: head });
      }
      line.accept(head);
      const isTold = settling.wait(head, 30_000);
      pull();
      if (!(await isTold)) throw new ClaworcError('git_unreachable', 'The new head could not be taken over yet.');
    },
    on: (type, listener) => bus.on(type, listener),
  };
}
