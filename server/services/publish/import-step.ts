import { keysOfScope } from '../../../constructs/repo/keys.ts';
import { FLEET_PATH, FLEET_UNIT, recordPath, scopeOfUnit, tombstonePath } from '../../../constructs/repo/paths.ts';
import { keySlug } from '../../../constructs/schema/index.ts';
import { recipientProblems } from '../../../constructs/repo/recipient-problems.ts';
import { errorsOnly, type Repo, type UnitProblem } from '../../../constructs/repo/repo.ts';
import { isSame } from '../../../constructs/merge.ts';
import { sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import { EDIT_TRAILER, editsNamedIn } from '../../git/message.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import type { Reader, Transactor } from '../../store/connection.ts';
import { unitOf, type DocumentChange, type SealedKeyChange } from '../../store/edit.ts';
import { getFleet, putFleet } from '../../store/fleet.ts';
import {
  countPublished,
  getInstance,
  listPublishedNames,
  putInstance,
  putRenderedCommit,
  removeInstance,
} from '../../store/instances.ts';
import { IMPORTED_COMMIT, setMeta } from '../../store/meta.ts';
import { getEdit, publishEdit } from '../../store/outbox.ts';
import { replaceProblems } from '../../store/problems.ts';
import { addRevision } from '../../store/revisions.ts';
import { listSealedKeys, putSealedKey, removeSealedKey } from '../../store/sealed-keys.ts';
import { putTombstone, removeTombstone } from '../../store/tombstones.ts';
import { listUnrendered, putUnrendered, removeUnrendered } from '../../store/unrendered.ts';
import { pinOnFirstUse } from '../keys/recipients.ts';
import { handEditedProblem, missingProblem, pathTimes, type MainStep, type PathTimes } from './main-step.ts';
import { renderedBy } from './rendered-commits.ts';

export interface ImportedStep {
  /** Edits that this step put on main. */
  readonly published: readonly {
    readonly editId: string;
    readonly commit: string;
    readonly units: readonly string[];
  }[];
}

/** A step with all that can be found out of it before anything is written. */
export interface PreparedStep {
  readonly step: MainStep;
  readonly times: ReadonlyMap<string, PathTimes>;
  /** The commit that last changed what is rendered of a unit. */
  readonly rendered: ReadonlyMap<string, string>;
  /** Keys by path that edits of this step set: what only the server that sealed them knows. */
  readonly sealedHere: ReadonlyMap<string, SealedKeyChange>;
  /** Every unit that the step says anything of. */
  readonly units: readonly string[];
  readonly now: string;
}

interface ImportContext extends PreparedStep {
  readonly tx: Transactor;
  readonly repo: Repo;
}

/** `seen`: what its history says of paths and units, where that was asked already. */
export function prepareStep(
  read: Reader,
  step: MainStep,
  now: string,
  seen: Pick<PreparedStep, 'times' | 'rendered'> = {
    times: pathTimes(step.history),
    rendered: renderedBy(step.history),
  },
): PreparedStep {
  const { times, rendered } = seen;
  const keys = editsOf(read, step).flatMap(({ edit }) => edit.changes.flatMap(sealedBy));
  return {
    step,
    times,
    rendered,
    sealedHere: new Map(keys),
    units: [...new Set([...step.units, ...rendered.keys(), ...step.unrendered.keys()])],
    now,
  };
}

/** Brings the rows of some units to what main says. A bot leaves only by a tombstone. */
export function importUnits(tx: Transactor, prepared: PreparedStep, units: readonly string[]): void {
  const { step, rendered } = prepared;
  const context = { ...prepared, tx, repo: step.snapshot.repo };
  for (const unit of units) {
    if (step.units.has(unit)) {
      if (unit === FLEET_UNIT) importFleet(context);
      else importInstance(context, unit);
      importKeys(context, scopeOfUnit(unit));
    }
    const commit = rendered.get(unit);
    if (commit !== undefined) putRenderedCommit(tx, unit, commit);
    const note = step.unrendered.get(unit);
    if (note === null) removeUnrendered(tx, unit);
    else if (note !== undefined) putUnrendered(tx, { unit, ...note });
  }
}

/** What is left when every unit has its rows: edits found by their trailer become published, and the commit is noted. */
export function finishStep(tx: Transactor, { step, now }: PreparedStep): ImportedStep {
  const { repo } = step.snapshot;
  const published = editsOf(tx, step).filter(({ edit, commit }) => publishEdit(tx, edit.id, now, commit));
  pinOnFirstUse(tx, now);
  replaceProblems(tx, [
    ...repo.problems,
    ...errorsOnly(recipientProblems(repo)),
    ...missing(tx, repo),
    ...handEdited(tx),
  ]);
  setMeta(tx, IMPORTED_COMMIT, step.commit);
  return {
    published: published.map(({ edit: { id, changes }, commit }) => ({
      editId: id,
      commit,
      units: [...new Set(changes.map(unitOf))],
    })),
  };
}

/** Brings the database up to a commit of main, all of it inside one transaction. */
export function importStep(tx: Transactor, step: MainStep, now: string): ImportedStep {
  const prepared = prepareStep(tx, step, now);
  importUnits(tx, prepared, prepared.units);
  return finishStep(tx, prepared);
}

/** Edits of ours among the commits of a step. */
function editsOf(read: Reader, { history }: MainStep) {
  return history.flatMap(({ commit, message, trailers }) =>
    [...new Set([...editsNamedIn(message), trailers[EDIT_TRAILER] ?? ''])].flatMap((editId) => {
      const edit = editId === '' ? undefined : getEdit(read, editId);
      // Whoever squashes a branch leaves the trailers of its commits in the middle of one message.
      const isNamed = edit !== undefined && (trailers[EDIT_TRAILER] === editId || edit.proposal !== undefined);
      return isNamed ? [{ edit, commit }] : [];
    }),
  );
}

const sealedBy = (change: DocumentChange): [string, SealedKeyChange][] =>
  change.kind === 'SealedKey' ? [[sealedKeyPath(change.scope, change.key), change]] : [];

function importFleet(context: ImportContext): void {
  const { tx, repo, step } = context;
  if (repo.fleet === null || isSame(getFleet(tx)?.record, repo.fleet)) return;
  putFleet(tx, { record: repo.fleet, commit: step.commit });
  addForeignRevision(context, FLEET_UNIT, FLEET_PATH, repo.fleet);
}

function importInstance(context: ImportContext, name: string): void {
  const { tx, repo, step, times, now } = context;
  const there = repo.records.get(name);
  const grave = repo.tombstones.get(name);
  const row = getInstance(tx, name);
  if (there !== undefined && !isSame(row?.record, there.record)) {
    const time = times.get(there.path);
    putInstance(tx, {
      name,
      record: there.record,
      commit: time?.changed.commit ?? step.commit,
      createdAt: time?.addedAt ?? now,
      updatedAt: time?.changed.at ?? now,
    });
    addForeignRevision(context, name, there.path, there.record);
  }
  if (grave === undefined) {
    if (!repo.claimed.has(name)) removeTombstone(tx, name);
    return;
  }
  const { data, at, by } = grave.tombstone.spec;
  putTombstone(tx, { name, data, removedAt: at, removedBy: by, commit: step.commit });
  // A record beside a tombstone is a problem of the repository, and a broken file may be the record: both stay.
  if (there !== undefined || repo.claimed.has(name) || row === undefined || row.record === null) return;
  // A removal that no commit counts as signed for is held: the bot lives on, and is shown as it was.
  if (isHeldRemoval(step.snapshot, name)) return;
  removeInstance(tx, name);
  addForeignRevision(context, name, grave.path, null);
}

function importKeys({ tx, repo, step, times, sealedHere, now }: ImportContext, scope: string): void {
  const known = new Map(listSealedKeys(tx, scope).map((key) => [key.name, key]));
  for (const { key, path, text } of keysOfScope(repo, scope)) {
    const row = known.get(key);
    known.delete(key);
    if (row?.file === text) continue;
    const sealed = sealedHere.get(path)?.next;
    const mine = sealed?.file === text ? sealed : undefined;
    putSealedKey(tx, {
      scope,
      name: key,
      file: text,
      fingerprint: mine?.fingerprint ?? null,
      hint: mine?.hint ?? '',
      commit: times.get(path)?.changed.commit ?? step.commit,
      updatedAt: times.get(path)?.changed.at ?? now,
    });
  }
  for (const name of known.keys()) {
    if (!repo.brokenKeys.has(`${scope}/${keySlug(name)}`)) removeSealedKey(tx, scope, name);
  }
}

/** Whether it is no signed commit that took a bot away, where main demands one. */
export function isHeldRemoval({ signing }: Pick<Snapshot, 'signing'>, name: string): boolean {
  return [tombstonePath(name), recordPath(name)].some((path) => signing.unsigned.has(path));
}

/** An edit made here has its revision since it was made; this is for what came from elsewhere. */
function addForeignRevision(
  { tx, times, step }: ImportContext,
  unit: string,
  path: string,
  record: object | null,
): void {
  const commit = times.get(path)?.changed ?? step.history[0];
  if (commit === undefined || commit.trailers[EDIT_TRAILER] !== undefined) return;
  addRevision(tx, {
    unit,
    record,
    savedAt: commit.at,
    savedBy: commit.author.name,
    origin: { commit: commit.commit },
  });
}

function missing(tx: Transactor, { records, tombstones, claimed, problems }: Repo): UnitProblem[] {
  // Each record that is read has its row by now, so as many rows as records are the same ones.
  if (countPublished(tx) === records.size) return [];
  const refused = new Set(problems.map(({ file }) => file));
  return listPublishedNames(tx)
    .filter((name) => !records.has(name) && !tombstones.has(name) && !claimed.has(name))
    .filter((name) => !refused.has(recordPath(name)))
    .map(missingProblem);
}

function handEdited(tx: Transactor): UnitProblem[] {
  return listUnrendered(tx, 'hand').map(({ unit, commit }) => handEditedProblem(unit, commit));
}
