import { settledMap, withEntries } from '../../../constructs/repo/layered-map.ts';
import { GLOBAL_SCOPE, manifestFolder, scopeOfUnit } from '../../../constructs/repo/paths.ts';
import { setImmediate } from 'node:timers/promises';
import {
  applierOf,
  fieldsLeftToCluster,
  formatProblem,
  removalBudgetOf,
  rolloutOf,
  suspensionOf,
  type Fleet,
} from '../../../constructs/schema/index.ts';
import {
  digestsOf,
  FLEET_UNIT,
  holdsOf,
  keysOfScope,
  renderUnit,
  type Folder,
  type RecordEntry,
  type Repo,
  type SealedKeyFile,
  type UnitProblem,
} from '../../../constructs/repo/index.ts';
import { isSameUnit } from './compare.ts';
import { createBodies, withoutBodies, type Bodies } from './bodies.ts';
import { createRenderings, digest, type Renderings } from './renderings.ts';
import { isNamed, namedUnits, touchedUnits } from './touched-units.ts';
import type { OnWrong, Refutations } from './refutations.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { firstDifference, notRendered } from './not-rendered.ts';
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
  /** Of everything that its objects are made of. */
  readonly mark: string;
  readonly desired: DesiredUnit;
}

/** How long rendering may keep the process from other work, in milliseconds. */
const SLICE_MS = 10;

export interface DesiredReaderOptions {
  /** Shared with others who render the same repository. */
  readonly renderings?: Renderings;
  readonly bodies?: Bodies;
  /** @default desiredUnit */
  readonly render?: typeof desiredUnit;
  readonly refutations?: Refutations | undefined;
  /** Milliseconds. */
  readonly now?: () => number;
}

export function createDesiredReader(options: DesiredReaderOptions = {}): DesiredReader {
  const { renderings = createRenderings(), bodies = createBodies(), render = desiredUnit } = options;
  const { now = () => performance.now(), refutations } = options;
  let known = new Map<string, KnownUnit>();
  let last: { readonly repo: Repo; readonly state: DesiredState } | undefined;
  return {
    async read(commit, repo) {
      const touched = last === undefined ? null : touchedUnits(last.repo, repo);
      const [base, state] = touched === null ? [new Map<string, KnownUnit>(), undefined] : [known, last?.state];
      const next = new Map<string, KnownUnit>();
      const units = new Map<string, DesiredUnit | undefined>();
      const nodePorts = new Map<string, readonly number[] | undefined>();
      const inputsOf = inputsIn(repo);
      let sliceEnd = now() + SLICE_MS;
      for (const unit of touched === null ? namedUnits(repo) : [...touched, ...(refutations?.units() ?? [])]) {
        const ports = nodePortsOf(repo, unit);
        if (state?.nodePorts.get(unit)?.join() !== ports?.join()) nodePorts.set(unit, ports);
        if (!isNamed(repo, unit)) {
          units.set(unit, undefined);
          continue;
        }
        const inputs = inputsOf(unit);
        const before = known.get(unit);
        let { desired, mark = '' } = before ?? {};
        if (desired !== undefined && refutations?.has(desired) === true) desired = undefined;
        if (desired === undefined || !isSameInputs(before?.inputs ?? [], inputs)) {
          if (now() > sliceEnd) {
            await setImmediate();
            sliceEnd = now() + SLICE_MS;
          }
          const fresh = render(repo, unit, renderings, bodies, refutations?.refute);
          const freshMark = markOf(repo, unit);
          if (desired === undefined || !isSameUnit(desired, fresh) || mark !== freshMark) desired = fresh;
          mark = freshMark;
        }
        next.set(unit, { inputs, mark, desired });
        if (state?.units.get(unit) !== desired) units.set(unit, desired);
      }
      for (const [unit, seen] of next) base.set(unit, seen);
      for (const [unit, desired] of units) if (desired === undefined) base.delete(unit);
      known = base;
      const suspension = suspensionOf(undefined, repo.fleet);
      const rollout = rolloutOf(repo.fleet);
      last = {
        repo,
        state: {
          commit,
          namespace: repo.fleet?.spec.namespace ?? null,
          applier: applierOf(repo.fleet),
          ...(suspension && { suspension }),
          ...(rollout && { rollout }),
          units: settledMap(withEntries(state?.units ?? new Map<string, DesiredUnit>(), units)),
          nodePorts: settledMap(withEntries(state?.nodePorts ?? new Map<string, readonly number[]>(), nodePorts)),
          removalBudget: removalBudgetOf(repo.fleet?.spec.policy),
          complete: completeness(repo),
        },
      };
      return last.state;
    },
  };
}

/**
 * What main wants of one unit. A unit whose dist/ is known to be right is not rendered before somebody asks for its
 * objects, and their bodies are not kept.
 */
export function desiredUnit(
  repo: Repo,
  unit: string,
  renderings: Renderings = createRenderings(),
  bodies: Bodies = createBodies(),
  onWrong?: OnWrong,
): DesiredUnit {
  const { fleet } = repo;
  const held = (reason: string): DesiredUnit => ({ unit, state: 'held', reason });
  const holds = holdsOf(repo, unit);
  if (holds.length > 0) return held(describe(holds));
  if (fleet === null) return held('claworc.yaml is missing');

  const { tombstone, text: tombstoneText = '' } = repo.tombstones.get(unit) ?? {};
  const present = unit === FLEET_UNIT || repo.records.has(unit);
  if (present && tombstone !== undefined) return held('main has both a record and a tombstone of it');
  const suspension = suspensionOf(repo.records.get(unit)?.record, fleet);
  const suspended = suspension && { suspension };
  if (tombstone !== undefined) {
    const { data } = tombstone.spec;
    return { unit, state: 'removed', data, tombstone: digest([tombstoneText]), ...suspended };
  }
  if (!present)
    return held(`main has neither a record nor a tombstone of ${unit}: nothing of it is changed or removed`);

  const source = sourceOf(repo, unit, fleet);
  const refused = source.own.map((key) => desiredSecret(key, unit, source.namespace)).find((result) => !result.ok);
  if (refused !== undefined) return held(refused.reason);
  const make = (): readonly DesiredObject[] => {
    const made = makeObjects(source);
    if (typeof made !== 'string') return made;
    renderings.forget(unit);
    onWrong?.(wanted, made);
    throw new ClaworcError('invalid', made, { subject: unit });
  };
  if (!renderings.isRight(repo, unit)) {
    const made = makeObjects(source);
    if (typeof made === 'string') return held(made);
    bodies.put(make, made);
    renderings.note(repo, unit, repo.dist.get(unit) ?? NO_FILES);
  }
  let objects: readonly DesiredObject[] | undefined;
  const wanted: DesiredUnit = {
    unit,
    state: 'present',
    ...suspended,
    get objects() {
      return (objects ??= withoutBodies(bodies, make));
    },
  };
  return wanted;
}

/** What the objects of one unit are made of, and nothing else of the repository: it is kept as long as the unit is. */
interface ObjectSource extends Pick<Repo, 'fleet' | 'fleetText' | 'claimed' | 'brokenKeys'> {
  readonly unit: string;
  readonly namespace: string;
  readonly record: RecordEntry | undefined;
  readonly folder: Folder;
  readonly global: readonly SealedKeyFile[];
  /** Keys whose Secrets belong to the unit. */
  readonly own: readonly SealedKeyFile[];
}

function sourceOf(repo: Repo, unit: string, fleet: Fleet): ObjectSource {
  const { fleetText, claimed, brokenKeys } = repo;
  return {
    ...{ fleet, fleetText, claimed, brokenKeys, unit },
    namespace: fleet.spec.namespace,
    record: repo.records.get(unit),
    folder: repo.dist.get(unit) ?? NO_FILES,
    global: keysOfScope(repo, GLOBAL_SCOPE),
    own: keysOfScope(repo, scopeOfUnit(unit)),
  };
}

const NO_FILES: Folder = new Map();

/** Rendered and compared with dist/ each time: reviewed is applied. In words where they are not the same. */
function makeObjects({ unit, namespace, record, folder, global, own, ...shared }: ObjectSource): Made {
  const { fleet } = shared;
  // Pushed without its rendering: that is seen without making it, which the publisher is about to do.
  if (record !== undefined && folder.size === 0) return notRendered(`${manifestFolder(unit)} is missing`);
  const rendered = renderUnit(
    {
      ...shared,
      records: new Map(record === undefined ? [] : [[unit, record]]),
      tombstones: new Map(),
      keys: new Map([...global, ...own].map((key) => [`${key.scope}/${key.key}`, key])),
      dist: new Map([[unit, folder]]),
      problems: [],
    },
    unit,
  );
  if (!rendered.ok) return describe(rendered.problems);
  const difference = firstDifference(rendered.files, unit, folder);
  if (difference !== undefined) return notRendered(difference);
  const results: readonly DesiredResult[] = [
    ...rendered.manifests.map((manifest) => desiredManifest(manifest, unit, namespace)),
    ...own.map((key) => desiredSecret(key, unit, namespace)),
  ];
  const objects: DesiredObject[] = [];
  for (const result of results) {
    if (!result.ok) return result.reason;
    const { kind, name } = result.desired;
    const left = fleet === null ? [] : fieldsLeftToCluster(fleet, kind, name);
    objects.push(left.length === 0 ? result.desired : { ...result.desired, left });
  }
  return objects;
}

/** Why there are none, in words. */
type Made = readonly DesiredObject[] | string;

/** Moves exactly when an object of the unit does: of its rendered texts, its namespace, its sealed keys, and what is left to the cluster. */
function markOf(repo: Repo, unit: string): string {
  const keys = keysOfScope(repo, scopeOfUnit(unit)).flatMap(({ key, text }) => [key, text]);
  const rules = (repo.fleet?.spec.policy?.leaveToCluster ?? []).filter(
    ({ name }) => name === undefined || name === unit || name.startsWith(`${unit}-`),
  );
  const shared = [repo.fleet?.spec.namespace ?? '', JSON.stringify(rules)];
  return digest([...shared, ...keys, '/', ...digestsOf(repo.dist.get(unit) ?? NO_FILES)]);
}

/** Of the record and not of what it renders to: whoever looks for a free pair has no time to render a fleet. */
function nodePortsOf({ records }: Repo, unit: string): readonly number[] | undefined {
  const pair = records.get(unit)?.record.spec.nodePorts;
  return pair === undefined ? undefined : [pair.chrome, pair.terminal];
}

function completeness(repo: Repo): PrunePermit {
  if (repo.fleet !== null) return { allowed: true };
  return { allowed: false, reason: 'claworc.yaml is missing, broken or held: nothing is removed' };
}

function describe([first, ...rest]: readonly UnitProblem[]): string {
  if (first === undefined) return 'claworc.yaml is missing';
  const line = formatProblem(first).split('\n', 1)[0] ?? first.message;
  return rest.length === 0 ? line : `${line} (and ${rest.length} more)`;
}

/** Everything that `desiredUnit` looks at: texts, and values that stay the same from one reading to the next. */
function inputsIn(repo: Repo): (unit: string) => readonly unknown[] {
  const problems = Map.groupBy(repo.problems, ({ unit }) => unit);
  const shared = [
    repo.fleetText,
    // Without a fleet every unit is held for what is wrong with claworc.yaml.
    ...(repo.fleet === null ? repo.problems.map(formatProblem) : []),
    ...repo.brokenKeys,
    '/',
    ...keysOfScope(repo, GLOBAL_SCOPE).flatMap(({ key, text }) => [key, text]),
  ];
  return (unit) => [
    ...shared,
    repo.records.get(unit)?.text,
    repo.tombstones.get(unit)?.text,
    repo.dist.get(unit),
    ...keysOfScope(repo, unit).flatMap(({ key, text }) => [key, text]),
    ...(problems.get(unit) ?? []).map(formatProblem),
  ];
}

function isSameInputs(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((input, index) => input === after[index]);
}
