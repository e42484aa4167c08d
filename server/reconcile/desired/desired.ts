import { scopeOfUnit } from '../../../constructs/repo/paths.ts';
import { setImmediate } from 'node:timers/promises';
import { formatProblem } from '../../../constructs/schema/index.ts';
import { FLEET_UNIT, manifestPath, renderUnit, type Repo, type UnitProblem } from '../../../constructs/repo/index.ts';
import { desiredManifest, desiredSecret, type DesiredResult } from './desired-object.ts';
import type { DesiredObject, DesiredState, DesiredUnit, PrunePermit } from './desired-state.ts';

export interface DesiredReader {
  /**
   * What a commit wants of every unit that it names. A unit whose inputs are as in the last call, or that renders to the
   * same again, is the very same value: whoever holds one sees what changed. Lets other work run between two units.
   */
  read(commit: string, repo: Repo): Promise<DesiredState>;
}

interface KnownUnit {
  readonly inputs: readonly unknown[];
  readonly desired: DesiredUnit;
}

/** How long rendering may keep the process from other work, in milliseconds. */
const SLICE_MS = 20;

/** `render` and `now` (milliseconds) are arguments of tests. */
export function createDesiredReader(render = desiredUnit, now = (): number => performance.now()): DesiredReader {
  let known = new Map<string, KnownUnit>();
  return {
    async read(commit, repo) {
      const next = new Map<string, KnownUnit>();
      const units = new Map<string, DesiredUnit>();
      const inputsOf = inputsIn(repo);
      let sliceEnd = now() + SLICE_MS;
      for (const unit of unitsOf(repo)) {
        const inputs = inputsOf(unit);
        const before = known.get(unit);
        let desired = before?.desired;
        if (desired === undefined || !isSameInputs(before?.inputs ?? [], inputs)) {
          if (now() > sliceEnd) {
            await setImmediate();
            sliceEnd = now() + SLICE_MS;
          }
          const fresh = render(repo, unit);
          if (desired === undefined || !isSameUnit(desired, fresh)) desired = fresh;
        }
        next.set(unit, { inputs, desired });
        units.set(unit, desired);
      }
      known = next;
      return { commit, namespace: repo.fleet?.spec.namespace ?? null, units, complete: completeness(repo) };
    },
  };
}

/** What main wants of one unit. */
export function desiredUnit(repo: Repo, unit: string): DesiredUnit {
  const { fleet } = repo;
  const held = (reason: string): DesiredUnit => ({ unit, state: 'held', reason });
  const rendered = renderUnit(repo, unit);
  if (!rendered.ok) return held(describe(rendered.problems));
  if (fleet === null) return held('claworc.yaml is missing');

  const tombstone = repo.tombstones.get(unit)?.tombstone;
  const present = unit === FLEET_UNIT || repo.records.has(unit);
  if (present && tombstone !== undefined) return held('main has both a record and a tombstone of it');
  if (tombstone !== undefined) return { unit, state: 'removed', data: tombstone.spec.data };
  if (!present)
    return held(`main has neither a record nor a tombstone of ${unit}: nothing of it is changed or removed`);

  const difference = firstDifference(rendered.files, unit, repo.dist.get(unit) ?? new Map());
  if (difference !== undefined) return held(`not rendered: ${difference}; run \`npm run synth\` and commit`);

  const { namespace } = fleet.spec;
  const scope = scopeOfUnit(unit);
  const keys = [...repo.keys.values()].filter((key) => key.scope === scope);
  const results: readonly DesiredResult[] = [
    ...rendered.manifests.map((manifest) => desiredManifest(manifest, unit, namespace)),
    ...keys.map((key) => desiredSecret(key, unit, namespace)),
  ];
  const objects: DesiredObject[] = [];
  for (const result of results) {
    if (!result.ok) return held(result.reason);
    objects.push(result.desired);
  }
  return { unit, state: 'present', objects };
}

/** Every unit that main says anything about. */
function unitsOf(repo: Repo): ReadonlySet<string> {
  return new Set([
    FLEET_UNIT,
    ...repo.records.keys(),
    ...repo.tombstones.keys(),
    ...repo.dist.keys(),
    ...repo.claimed,
    ...repo.problems.flatMap(({ unit, severity }) => (unit === null || severity === 'warning' ? [] : [unit])),
  ]);
}

/** `dist/bot-alpha/service-vnc.yaml is missing`. */
function firstDifference(
  expected: ReadonlyMap<string, string>,
  unit: string,
  there: ReadonlyMap<string, string>,
): string | undefined {
  for (const [path, text] of expected) {
    const found = there.get(path.slice(manifestPath(unit, '').length));
    if (found === undefined) return `${path} is missing`;
    if (found !== text) return `${path} is not what the record renders`;
  }
  const extra = [...there.keys()].find((file) => !expected.has(manifestPath(unit, file)));
  return extra === undefined ? undefined : `${manifestPath(unit, extra)} is not rendered by anything`;
}

function completeness(repo: Repo): PrunePermit {
  if (repo.fleet !== null) return { allowed: true };
  return { allowed: false, reason: 'claworc.yaml is missing or broken: nothing is removed' };
}

function describe([first, ...rest]: readonly UnitProblem[]): string {
  if (first === undefined) return 'claworc.yaml is missing';
  const line = formatProblem(first).split('\n', 1)[0] ?? first.message;
  return rest.length === 0 ? line : `${line} (and ${rest.length} more)`;
}

/** Everything that `desiredUnit` looks at: texts, and values that stay the same from one reading to the next. */
function inputsIn(repo: Repo): (unit: string) => readonly unknown[] {
  const keys = Map.groupBy(repo.keys.values(), ({ scope }) => scope);
  const problems = Map.groupBy(repo.problems, ({ unit }) => unit);
  const shared = [
    repo.fleetText,
    // Without a fleet every unit is held for what is wrong with claworc.yaml.
    ...(repo.fleet === null ? repo.problems.map(formatProblem) : []),
    ...repo.brokenKeys,
    '/',
    ...(keys.get('global') ?? []).flatMap(({ key, text }) => [key, text]),
  ];
  return (unit) => [
    ...shared,
    repo.records.get(unit)?.text,
    repo.tombstones.get(unit)?.text,
    repo.dist.get(unit),
    ...(keys.get(unit) ?? []).flatMap(({ key, text }) => [key, text]),
    ...(problems.get(unit) ?? []).map(formatProblem),
  ];
}

function isSameInputs(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((input, index) => input === after[index]);
}

/** Objects are told apart by the digest that they are stamped with; it covers all of them but the marks. */
function isSameUnit(before: DesiredUnit, after: DesiredUnit): boolean {
  if (before.state === 'held') return after.state === 'held' && before.reason === after.reason;
  if (before.state === 'removed') return after.state === 'removed' && before.data === after.data;
  if (after.state !== 'present' || before.objects.length !== after.objects.length) return false;
  return before.objects.every((object, index) => isSameObject(object, after.objects[index]));
}

function isSameObject(before: DesiredObject, after: DesiredObject | undefined): boolean {
  return (
    before.kind === after?.kind &&
    before.file === after.file &&
    before.sealed?.text === after.sealed?.text &&
    JSON.stringify(before.object.metadata) === JSON.stringify(after.object.metadata)
  );
}
