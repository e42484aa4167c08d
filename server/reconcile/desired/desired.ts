import { scopeOfUnit } from '../../../constructs/repo/paths.ts';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { formatProblem } from '../../../constructs/schema/index.ts';
import { FLEET_UNIT, manifestPath, renderUnit, type Repo, type UnitProblem } from '../../../constructs/repo/index.ts';
import { desiredManifest, desiredSecret, type DesiredResult } from './desired-object.ts';
import type { DesiredObject, DesiredState, DesiredUnit, PrunePermit } from './desired-state.ts';

export interface DesiredReader {
  /**
   * What a commit wants of every unit that it names. Units whose inputs are as in the last call are taken from memory:
   * rendering is what costs time. Lets other work run between two units.
   */
  read(commit: string, repo: Repo): Promise<DesiredState>;
}

export function createDesiredReader(): DesiredReader {
  let known = new Map<string, { readonly signature: string; readonly desired: DesiredUnit }>();
  return {
    async read(commit, repo) {
      const next: typeof known = new Map();
      const units = new Map<string, DesiredUnit>();
      for (const unit of unitsOf(repo)) {
        const signature = signatureOf(repo, unit);
        const remembered = known.get(unit);
        let desired = remembered?.desired;
        if (desired === undefined || remembered?.signature !== signature) {
          desired = desiredUnit(repo, unit);
          await setImmediate();
        }
        next.set(unit, { signature, desired });
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

/** Equal for equal inputs of `desiredUnit`. */
function signatureOf(repo: Repo, unit: string): string {
  const hash = createHash('sha256');
  const add = (text: string): void => void hash.update(`${text.length}:`).update(text);
  add(repo.fleetText ?? '');
  add(repo.records.get(unit)?.text ?? '');
  add(repo.tombstones.get(unit)?.text ?? '');
  for (const [file, text] of repo.dist.get(unit) ?? []) {
    add(file);
    add(text);
  }
  for (const key of repo.keys.values()) {
    if (key.scope === 'global' || key.scope === unit) add(`${key.scope}/${key.key}/${key.digest}/${key.text}`);
  }
  for (const broken of repo.brokenKeys) add(broken);
  for (const problem of repo.problems) if (problem.unit === unit) add(formatProblem(problem));
  return hash.digest('hex');
}
