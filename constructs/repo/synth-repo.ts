import { newTombstone } from '../new-documents.ts';
import { manifestValue } from '../schema/yaml/parse-document.ts';
import { writeRecord } from '../schema/write-record.ts';
import type { Manifest } from '../synth.ts';
import { changedFields } from './changed-fields.ts';
import { FLEET_UNIT, manifestPath, tombstonePath } from './paths.ts';
import { holdsText, type RenderedFile } from './rendered-file.ts';
import { holdsOf, renderUnit } from './render-unit.ts';
import type { Repo, UnitProblem } from './repo.ts';

export interface SynthOptions {
  /** UTC, ISO 8601: the time in tombstones that are written. */
  readonly at: string;
  /** Who removed the instances whose tombstones are written. */
  readonly by: string;
  /** The repo as it was last committed: an instance that it has and `repo` lacks was removed. */
  readonly previous?: { readonly records: ReadonlyMap<string, unknown> };
  /** Whether the folder of a unit is known to be what it renders to, so that it need not be rendered. */
  readonly isCurrent?: (unit: string) => boolean;
}

export interface UnitSummary {
  readonly name: string;
  readonly action: 'created' | 'configured' | 'unchanged' | 'removed' | 'held';
  /** What changed: `deployment.yaml spec.replicas`. Empty unless configured. */
  readonly fields: readonly string[];
}

export interface SynthResult {
  /** What to write (or, with null, to delete) so that dist/ is what the records say. Nothing of a held unit. */
  readonly changes: ReadonlyMap<string, string | null>;
  /** Sorted by name. */
  readonly summary: readonly UnitSummary[];
  /** Names of instances whose tombstone is among the changes. */
  readonly tombstones: readonly string[];
  readonly problems: readonly UnitProblem[];
}

/** Renders a whole repo and says what differs from what lies there. Held units keep their files untouched. */
export function synthRepo(repo: Repo, options: SynthOptions): SynthResult {
  const changes = new Map<string, string | null>();
  const summary: UnitSummary[] = [];
  const problems = [...repo.problems];
  const tombstones: string[] = [];
  for (const name of unitsOf(repo, options)) {
    const isGone = repo.fleet !== null && !repo.records.has(name) && !repo.claimed.has(name);
    const holds = isGone ? [] : holdsOf(repo, name);
    if (isGone) {
      if (removeUnit(repo, name, options, changes)) tombstones.push(name);
      summary.push({ name, action: 'removed', fields: [] });
    } else if (holds.length > 0) {
      problems.push(...holds.filter((hold) => !isKnown(repo, hold)));
      summary.push({ name, action: 'held', fields: [] });
    } else if (repo.records.has(name)) {
      summary.push(configureUnit(repo, name, options, changes));
    }
  }
  return { changes, summary, tombstones, problems };
}

function isKnown(repo: Repo, { file, line, message }: UnitProblem): boolean {
  return repo.problems.some((known) => known.file === file && known.line === line && known.message === message);
}

/** Instances that have a record, a broken file, rendered files, or had a record when it was last committed. */
function unitsOf(repo: Repo, { previous }: SynthOptions): readonly string[] {
  const broken = repo.problems.flatMap(({ unit }) => (unit !== null && repo.claimed.has(unit) ? [unit] : []));
  const rendered = [...repo.dist.keys()].filter((unit) => unit !== FLEET_UNIT);
  const before = [...(previous?.records.keys() ?? [])].filter((name) => !repo.tombstones.has(name));
  return [...new Set([...repo.records.keys(), ...broken, ...rendered, ...before])].sort();
}

/** Takes everything of a unit but its volumes away; says whether a tombstone had to be written. */
function removeUnit(repo: Repo, name: string, { at, by }: SynthOptions, changes: Map<string, string | null>): boolean {
  for (const file of repo.dist.get(name)?.keys() ?? []) changes.set(manifestPath(name, file), null);
  for (const { scope, path } of repo.keys.values()) if (scope === name) changes.set(path, null);
  for (const broken of repo.brokenKeys) if (broken.startsWith(`${name}/`)) changes.set(`secrets/${broken}.yaml`, null);
  if (repo.tombstones.has(name)) return false;
  changes.set(tombstonePath(name), writeRecord(newTombstone(name, 'retain', at, by)));
  return true;
}

function configureUnit(
  repo: Repo,
  name: string,
  { isCurrent }: SynthOptions,
  changes: Map<string, string | null>,
): UnitSummary {
  if (isCurrent?.(name) === true) return { name, action: 'unchanged', fields: [] };
  const rendered = renderUnit(repo, name);
  if (!rendered.ok) return { name, action: 'held', fields: [] };
  const before = repo.dist.get(name) ?? new Map<string, RenderedFile>();
  const fields: string[] = [];
  for (const manifest of rendered.manifests) {
    const old = before.get(manifest.file);
    if (holdsText(old, manifest.text)) continue;
    changes.set(manifestPath(name, manifest.file), manifest.text);
    fields.push(...fieldsOf(manifest, old));
  }
  for (const file of before.keys()) {
    if (rendered.files.has(manifestPath(name, file))) continue;
    changes.set(manifestPath(name, file), null);
    fields.push(`${file} (removed)`);
  }
  if (before.size === 0) return { name, action: 'created', fields: [] };
  return fields.length === 0 ? { name, action: 'unchanged', fields } : { name, action: 'configured', fields };
}

function fieldsOf({ file, object }: Manifest, old: RenderedFile | undefined): readonly string[] {
  if (old === undefined) return [`${file} (new)`];
  const fields = changedFields(manifestValue(old.text ?? ''), object);
  // The same object in other words: comments, order, quotes.
  return fields.length === 0 ? [`${file} (written anew)`] : fields.map((field) => `${file} ${field}`.trimEnd());
}
