import { FLEET_UNIT, manifestFolder, manifestPath } from '../../../constructs/repo/paths.ts';
import { basePolicyProblems } from '../../../constructs/repo/base-policy.ts';
import { errorsOnly, isUnread, type Repo, type UnitProblem } from '../../../constructs/repo/repo.ts';
import { recipientProblems } from '../../../constructs/repo/recipient-problems.ts';
import { holdsText, isSameFolder } from '../../../constructs/repo/rendered-file.ts';
import { holdsOf, renderUnit } from '../../../constructs/repo/render-unit.ts';
import { renderedProblems } from '../../../constructs/repo/verify-repo.ts';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Snapshot, Snapshots } from '../../git/read/snapshots.ts';
import { inSlices } from '../../lib/slices.ts';
import type { BotEffect, Effect } from '../../http/schemas/effect.ts';
import { changedUnits } from './changed-units.ts';
import type { ManifestPair } from './object-effects.ts';
import { sumsOf } from './resource-sums.ts';
import { unitEffect } from './unit-effect.ts';

/** Where commits are read. */
export interface ReviewSource {
  readonly repository: Pick<GitRepository, 'readSome'>;
  readonly snapshots: Pick<Snapshots, 'at'>;
}

/** What lies between two commits, told without a cluster. `base` null: from nothing. Costs what differs. */
export async function effectBetween(source: ReviewSource, base: string | null, head: string): Promise<Effect> {
  const before = await source.snapshots.at(base);
  const after = await source.snapshots.at(head);
  return effectOf(source.repository, before, after, head);
}

/**
 * The same of two snapshots, of which `after` need not be a commit; `head` is what it is called. With `only` one unit is
 * looked at, and what is wrong with it.
 */
export async function effectOf(
  repository: ReviewSource['repository'],
  before: Snapshot,
  after: Snapshot,
  head: string,
  only?: string,
): Promise<Effect> {
  const bots: BotEffect[] = [];
  const unrendered: string[] = [];
  const edited: UnitProblem[] = [];
  const held = new Set<string>();
  const units = changedUnits(before.repo, after.repo).filter((unit) => only === undefined || unit === only);
  for await (const unit of inSlices(units)) {
    const rendered = rendering(before.repo, after.repo, unit);
    const byHand = rendered.isBehind ? handEdits(before.repo, after.repo, unit) : [];
    if (byHand.length > 0) edited.push(...byHand);
    else if (rendered.isBehind) unrendered.push(unit);
    if (rendered.hold !== undefined) held.add(unit);
    const manifests = await withTextsBefore(repository, before.commit, rendered.pairs);
    const effect = unitEffect({ unit, before: before.repo, after: after.repo, manifests, hold: rendered.hold });
    if (effect !== null) bots.push(effect);
  }
  return {
    base: before.commit,
    head,
    bots: bots.sort((a, b) => gravity(a) - gravity(b) || (a.name < b.name ? -1 : 1)),
    resources: sumsOf(before.repo, after.repo, held),
    problems: [...problemsOf(before.repo, after.repo, only), ...effectProblems(edited)],
    unrendered,
  };
}

interface Rendering {
  /** Manifests that may differ; `before` is true where there is one, and its text is still to be read. */
  readonly pairs: readonly { readonly path: string; readonly isThere: boolean; readonly after: string | undefined }[];
  readonly hold: string | undefined;
  /** Whether dist/ at `after` is something else than the rendering. */
  readonly isBehind: boolean;
}

/** What `after` renders to, beside the files that `before` has under dist/: those are what may have been applied. */
function rendering(before: Repo, after: Repo, unit: string): Rendering {
  if (unit === FLEET_UNIT) return { pairs: [], hold: undefined, isBehind: false };
  const holds = holdsOf(after, unit);
  const rendered = holds.length > 0 ? undefined : renderUnit(after, unit);
  if (rendered?.ok !== true) {
    const [first] = holds;
    const why = first === undefined ? 'its record can’t be rendered' : sentence(first);
    return { pairs: [], hold: why, isBehind: false };
  }
  // Misnamed or in a stray file: as long as nobody can say what that is, the bot has not left.
  if (isUnread(after, unit)) {
    const why = 'its record is gone from its place, and a file that can’t be read may stand for it';
    return { pairs: [], hold: why, isBehind: false };
  }
  const old = before.dist.get(unit) ?? new Map<string, never>();
  const there = after.dist.get(unit) ?? new Map<string, never>();
  const texts = new Map([...rendered.files].map(([path, text]) => [path.slice(manifestFolder(unit).length), text]));
  const names = [...new Set([...old.keys(), ...texts.keys()])].sort();
  const pairs = names.flatMap((file) => {
    const text = texts.get(file);
    if (text !== undefined && holdsText(old.get(file), text)) return [];
    return [{ path: manifestPath(unit, file), isThere: old.has(file), after: text }];
  });
  const isRight = there.size === texts.size && [...texts].every(([file, text]) => holdsText(there.get(file), text));
  const isBuried = after.records.has(unit) || after.tombstones.has(unit) || !before.records.has(unit);
  return { pairs, hold: undefined, isBehind: !isRight || !isBuried };
}

/** Where dist/ was changed and nothing that it is rendered from: publishing makes no rendering for that, and holds the unit. */
function handEdits(before: Repo, after: Repo, unit: string): readonly UnitProblem[] {
  const record = after.records.get(unit);
  const [old, there] = [before.dist.get(unit) ?? new Map(), after.dist.get(unit) ?? new Map()];
  if (record === undefined || !before.records.has(unit) || isSameFolder(old, there)) return [];
  const [was, is] = [renderUnit(before, unit), renderUnit(after, unit)];
  if (!was.ok || !is.ok || was.files.size !== is.files.size) return [];
  const isSame = [...is.files].every(([path, text]) => was.files.get(path) === text);
  return isSame ? renderedProblems(after, unit, record.path) : [];
}

async function withTextsBefore(
  repository: ReviewSource['repository'],
  commit: string | null,
  pairs: Rendering['pairs'],
): Promise<readonly ManifestPair[]> {
  const wanted = pairs.filter(({ isThere }) => isThere).map(({ path }) => path);
  const found =
    commit === null || wanted.length === 0 ? new Map<string, Uint8Array>() : await repository.readSome(commit, wanted);
  return pairs.map(({ path, after }) => {
    const bytes = found.get(path);
    return { path, before: bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'), after };
  });
}

function sentence({ file, field, message }: UnitProblem): string {
  return oneLine(`${file}: ${field === '' || message.startsWith(field) ? '' : `${field} `}${message}`);
}

/** What is wrong at `after`, and what the policy of `before` does not allow; of warnings only those that `before` did not have. */
function problemsOf(before: Repo, after: Repo, only: string | undefined): Effect['problems'] {
  const known = new Set([...before.problems, ...recipientProblems(before)].map(identify));
  const all = [...after.problems, ...recipientProblems(after), ...basePolicyProblems(before.fleet, after)].filter(
    ({ unit }) => only === undefined || unit === only || unit === FLEET_UNIT,
  );
  const errors = new Set(errorsOnly(all));
  return effectProblems(all.filter((problem) => errors.has(problem) || !known.has(identify(problem))));
}

/** Problems as an effect tells them. */
export function effectProblems(problems: readonly UnitProblem[]): Effect['problems'] {
  return problems.map(({ file, line, field, message, severity }) => ({
    file,
    line: line ?? null,
    message: oneLine(field === '' || message.startsWith(field) ? message : `${field} ${message}`),
    severity,
  }));
}

const identify = ({ file, field, message }: UnitProblem): string => JSON.stringify([file, field, message]);

/** Gravest first: data destroyed, removed, replaced, restarted or stopped, changed, created. */
function gravity({ action, data, restart, objects }: BotEffect): number {
  if (action === 'remove') return data === 'destroyed' ? 0 : 1;
  if (action === 'create') return 6;
  if (objects.some((object) => object.action === 'replace')) return 2;
  if (restart === 'restart' || restart === 'stop') return 3;
  return restart === 'start' ? 4 : 5;
}
