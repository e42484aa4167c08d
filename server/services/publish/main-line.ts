import { setImmediate as nextTurn } from 'node:timers/promises';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { formatMessage } from '../../git/message.ts';
import type { CommitRequest } from '../../git/fast-import.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import { troubleOf } from '../../git/remote/errors.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { firstPendingEdit, publishEdit, settleEdit } from '../../store/outbox.ts';
import { listUnrendered, removeUnrendered } from '../../store/unrendered.ts';
import { affectedUnits } from './affected-units.ts';
import { commitOfEdit, type CommitWords } from './commit-of-edit.ts';
import type { PublisherDeps } from './publisher-deps.ts';
import type { PublishBus } from './events.ts';
import { stepTo } from './follow-main.ts';
import { followUpCommit, followUpOnTop, prepareFollowUp } from './follow-up.ts';
import { importMain } from './import-main.ts';
import { filesChangedIn, type MainStep, type StepCommit } from './main-step.ts';
import { prepareEdit, type PreparedEdit } from './prepare-edit.ts';
import { canOvertake, overtakeWith, type PassedOver } from './edit-batch.ts';
import { createRace } from './race.ts';
import { fillRenderedCommits } from './rendered-commits.ts';
import type { PublisherState } from './publisher.ts';
import { rewritten } from './rewritten.ts';
import { whyNotDirect } from '../proposals/main-takes.ts';
import type { ProposalLine } from '../proposals/proposal-line.ts';
import type { PushGate } from './push-gate.ts';
import type { TurnJobs } from './turn-jobs.ts';
import { whyNotSigned } from './why-not-signed.ts';
import type { Waiters } from './waiters.ts';

export interface MainLineDeps extends Required<
  Pick<PublisherDeps, 'store' | 'repository' | 'snapshots' | 'renderings' | 'log' | 'clock' | 'random' | 'failpoint'>
> {
  readonly bus: PublishBus;
  readonly settling: Waiters;
  readonly proposals: ProposalLine;
  readonly jobs: TurnJobs;
  readonly gate: PushGate;
  readonly setState: (state: PublisherState) => void;
  /** After main turned out to be elsewhere: brings it here. False while nothing may be published. */
  readonly refresh: (signal: AbortSignal) => Promise<boolean>;
}

export interface MainLine {
  /** Imports main, and where that may be, publishes every pending edit, then what renderings are due. Never two at a time. */
  turn(signal: AbortSignal, mayPublish?: boolean): Promise<void>;
  /** Whether the edit is being put on main just now. */
  isInFlight(editId: string): boolean;
  /** Lets the next turn go on from a head that is not a descendant of what was imported. */
  accept(head: string): void;
}

/** The one writer of this process: what happens between the database and main, one thing after another. */
export function createMainLine(deps: MainLineDeps): MainLine {
  const { store, repository, snapshots, renderings, log, clock, bus, settling, setState, refresh } = deps;
  const { proposals, jobs, failpoint } = deps;
  const inFlight = new Set<string>();
  const race = createRace(deps);
  let accepted: string | undefined;
  /** Due renderings that could not be made at this commit. */
  let stuck = '';

  const importNow = async (step: MainStep, isForeign: boolean): Promise<void> => {
    const { published } = await importMain(store, step, isoSeconds(clock), failpoint);
    failpoint('main-imported');
    if (isForeign) unsigned = await whyNotSigned(repository, step.snapshot, clock);
    tellFollowing(step.commit);
    if (isForeign) {
      log.info('Main imported', { commit: step.commit, units: step.units.size });
      bus.emit('imported', { commit: step.commit, units: [...step.units] });
    }
    for (const { editId, commit, units } of published) {
      log.info('Edit published', { edit: editId, commit });
      bus.emit('published', { editId, commit, units });
      settling.tell(editId);
    }
  };

  /** Pages that were shown before that look again. */
  const fillRendered = async (imported: string): Promise<void> => {
    const units = await fillRenderedCommits({ store, repository }, imported);
    if (units.length > 0) bus.emit('rendered', { units });
  };

  /** Why nothing that is written here would be let in by main; undefined where it would. */
  let unsigned: string | undefined;
  const tellFollowing = (head: string | null): void =>
    setState(
      unsigned === undefined || head === null
        ? { state: 'following', head }
        : { state: 'unsigned', head, detail: unsigned },
    );

  /** A head that holds more than is read, and in words how much: it is not read again. */
  let tooLarge: { readonly head: string; readonly detail: string } | undefined;

  /** The snapshot of main, imported; undefined while main can't be followed, which the state then says. */
  const follow = async (): Promise<Snapshot | undefined> => {
    const head = await repository.head();
    try {
      if (head === null || tooLarge?.head !== head) return await followTo(head);
    } catch (error) {
      if (head === null || !(error instanceof ClaworcError) || error.code !== 'too_large') throw error;
      tooLarge = { head, detail: `${error.message}; until then nothing is published, and what was saved waits.` };
    }
    setState({ state: 'too_large', ...tooLarge });
    return undefined;
  };

  const followTo = async (head: string | null): Promise<Snapshot | undefined> => {
    const imported = getMeta(store.reader, IMPORTED_COMMIT) ?? null;
    if (head === imported) {
      if (imported !== null) await fillRendered(imported);
      const snapshot = await snapshots.at(head);
      unsigned = await whyNotSigned(repository, snapshot, clock);
      tellFollowing(head);
      return snapshot;
    }
    const order = imported === null || head === null ? 'apart' : await repository.orderOf(head, imported);
    const isForward = imported === null || order === 'after';
    if (head === null || (!isForward && head !== accepted)) {
      setState(rewritten(head, imported ?? '', order));
      return undefined;
    }
    // Before the step, whose commits say no more of the bots that it doesn't touch.
    if (order === 'after' && imported !== null) await fillRendered(imported);
    const onRead = (done: number, of: number): void => bus.emit('reading', { done, of });
    const reading = { repository, snapshots, renderings, reader: store.reader, onRead };
    const step = await stepTo(reading, isForward ? imported : null, head);
    await importNow(step, true);
    settling.tell(head);
    return step.snapshot;
  };

  /** Commits on top of `snapshot`; false when somebody else was faster. */
  const commit = async (
    snapshot: Snapshot,
    result: Snapshot,
    request: Omit<CommitRequest, 'parent' | 'message'>,
    message: CommitWords,
    rendered: ReadonlySet<string>,
  ): Promise<boolean> => {
    const written = await repository.commit({
      ...request,
      parent: snapshot.commit,
      message: formatMessage(message.subject, message.body ?? [], message.trailers),
    });
    if (!written.ok) {
      await race.lose();
      return false;
    }
    race.win();
    failpoint('main-moved');
    const { changes, author, at } = request;
    const made: StepCommit = {
      commit: written.commit,
      author,
      at,
      message: message.subject,
      trailers: message.trailers,
      files: await filesChangedIn(snapshot, changes),
    };
    const { inputs } = await affectedUnits(result.repo, changes.keys());
    await nextTurn();
    await importNow(
      {
        commit: written.commit,
        snapshot: snapshots.adopt(written.commit, result),
        history: [made],
        units: inputs,
        unrendered: new Map([...rendered].map((unit) => [unit, null])),
      },
      false,
    );
    return true;
  };

  const overtake = (edit: EditRow, imported: Snapshot, passedOver: PassedOver, signal: AbortSignal) =>
    overtakeWith(
      race,
      { reader: store.reader, snapshots, renderings, inFlight },
      { edit, imported, passedOver },
      signal,
    );

  const publishOne = async (
    edit: EditRow,
    snapshot: Snapshot,
    passedOver: PassedOver,
    signal: AbortSignal,
  ): Promise<void> => {
    const units = [...new Set(edit.changes.map(unitOf))];
    const handEdited = new Set(listUnrendered(store.reader, 'hand').map(({ unit }) => unit));
    // Main may have said so only after the edit was saved.
    const refusal = whyNotDirect(snapshot.repo.fleet, edit.changes);
    const prepared: PreparedEdit =
      refusal === undefined
        ? await prepareEdit(snapshots, snapshot, edit, handEdited, renderings)
        : { state: 'failed', detail: refusal };
    const now = isoSeconds(clock);
    failpoint('edit-prepared');
    switch (prepared.state) {
      case 'ready': {
        const { changes, result, rendered } = prepared;
        const gone = units.filter((unit) => !result.repo.records.has(unit));
        const right = new Set([...rendered, ...gone]);
        const { message, ...request } = commitOfEdit(edit, changes, handEdited);
        const isQuick = canOvertake(edit);
        if (!(isQuick && race.isOn()) && (await commit(snapshot, result, request, message, right))) return;
        if (isQuick) await overtake(edit, snapshot, passedOver, signal);
        return;
      }
      case 'nothing': {
        const at = snapshot.commit;
        const detail = 'There is nothing to change.';
        store.transact((tx) =>
          at === null ? settleEdit(tx, edit.id, now, { state: 'failed', detail }) : publishEdit(tx, edit.id, now, at),
        );
        if (at === null) bus.emit('failed', { editId: edit.id, units, detail });
        else bus.emit('published', { editId: edit.id, commit: at, units });
        break;
      }
      case 'conflict':
        store.transact((tx) => settleEdit(tx, edit.id, now, prepared));
        log.info('Edit in conflict', { edit: edit.id, fields: prepared.conflicts.map(({ field }) => field) });
        bus.emit('conflict', { editId: edit.id, units, conflicts: prepared.conflicts });
        break;
      case 'failed':
        store.transact((tx) => settleEdit(tx, edit.id, now, prepared));
        log.warn('Edit failed', { edit: edit.id, detail: prepared.detail });
        bus.emit('failed', { editId: edit.id, units, detail: prepared.detail });
        break;
    }
    failpoint('edit-settled');
    inFlight.delete(edit.id); // Whoever is told now may discard it.
    settling.tell(edit.id);
  };

  /** False when nothing could be done about the renderings that are due. */
  const publishRendering = async (snapshot: Snapshot, signal: AbortSignal): Promise<boolean> => {
    const due = listUnrendered(store.reader, 'inputs').map(({ unit }) => unit);
    const mark = JSON.stringify([snapshot.commit, due]);
    if (due.length === 0 || snapshot.commit === null || mark === stuck) return false;
    const { changes, result, rendered } = await prepareFollowUp(snapshots, snapshot, due, renderings);
    if (changes.size === 0) {
      store.transact((tx) => rendered.forEach((unit) => removeUnrendered(tx, unit)));
      if (rendered.size === 0) stuck = mark;
      return rendered.size > 0;
    }
    failpoint('rendering-prepared');
    const { message, ...request } = followUpCommit({ changes, rendered }, snapshot.commit, isoSeconds(clock));
    const isMade =
      (await commit(snapshot, result, request, message, rendered)) ||
      (await race.run(snapshot, (ahead) => followUpOnTop({ snapshots, renderings, clock }, ahead, due), signal));
    if (isMade) bus.emit('rendered', { units: [...rendered] });
    return true;
  };

  return {
    turn: async (signal, mayPublish = true) => {
      const refused = new Map<string, readonly string[]>();
      let refusal: ClaworcError | undefined;
      const passedOver = (): PassedOver => ({ edits: [...refused.keys()], units: [...refused.values()].flat() });
      const next = () => firstPendingEdit(store.reader, passedOver().edits, passedOver().units);
      for (let turns = 1; !signal.aborted; turns += 1) {
        const isCurrent = !race.isLost() || (await refresh(signal));
        const snapshot = await follow();
        // Only now the database knows what became of them.
        inFlight.clear();
        if (snapshot === undefined || !mayPublish || !isCurrent || unsigned !== undefined) return;
        // Looking at all proposals takes long after a start: edits of main go before, but for one turn in so many.
        const hasMore = !race.isLost() && (turns % 50 === 0 || !next()) && (await proposals.follow(snapshot, signal));
        if (await jobs.runNext(snapshot)) continue;
        const edit = next();
        if (edit === undefined) {
          if ((await publishRendering(snapshot, signal)) || hasMore) continue;
          if (refusal !== undefined) throw refusal;
          return;
        }
        inFlight.add(edit.id);
        try {
          await publishOne(edit, snapshot, passedOver(), signal);
        } catch (error) {
          inFlight.clear();
          if (!(error instanceof ClaworcError) || troubleOf(error) !== 'hook') throw error;
          // A hook may dislike this edit alone: what is about other bots goes on, and this one is tried again later.
          refusal = error;
          refused.set(edit.id, edit.changes.map(unitOf));
        }
      }
    },
    isInFlight: (editId) => inFlight.has(editId),
    accept: (head) => {
      accepted = head;
    },
  };
}
