import { recordIssuesInFleet, type BotInstance, type Fleet, type Problem } from '../schema/index.ts';
import { readSource } from '../schema/parse-document.ts';
import { caseCollisions, crossProblems } from './cross-check.ts';
import { readFleet, readRecord, readSealed, readText, readTombstone, wrongName } from './read-file.ts';
import { FLEET_PATH, placeOf, type Place, unitOfScope } from './paths.ts';
import { startVariables } from './start-variables.ts';
import {
  compareTexts,
  sortedProblems,
  type RecordEntry,
  type Repo,
  type RepoFiles,
  type SealedKeyFile,
  type TombstoneEntry,
  type UnitProblem,
} from './repo.ts';

export interface ReadRepoOptions {
  /**
   * A record that these very bytes were read as before, by this program and without a problem; its text is then not
   * parsed again. Whatever depends on other files is checked all the same.
   */
  readonly recall?: (path: string, bytes: Uint8Array) => BotInstance | undefined;
}

/** What a file brought beside its entry. */
interface Findings {
  readonly problems: UnitProblem[];
  readonly claimed: string[];
  readonly brokenKeys: string[];
}

/** What a reading found out beside the repo, kept for the reading of the next commit. */
export interface Reading {
  readonly repo: Repo;
  /** By path, only of files that brought any. */
  readonly findings: ReadonlyMap<string, Findings>;
  /** Problems of records that only the fleet makes, by name. */
  readonly inFleet: ReadonlyMap<string, readonly UnitProblem[]>;
  readonly collisions: readonly UnitProblem[];
}

/** The path of a finding about a file that isn't there. */
const NO_FLEET = '';

/** Reads files one by one, from nothing or on top of an earlier reading. */
export class RepoReader {
  readonly #options: ReadRepoOptions;
  readonly #before: Reading | undefined;
  readonly #findings: Map<string, Findings>;
  readonly #records: Map<string, RecordEntry>;
  readonly #tombstones: Map<string, TombstoneEntry>;
  readonly #keys: Map<string, SealedKeyFile>;
  readonly #dist: Map<string, Map<string, string>>;
  /** Folders of dist/ that are not shared with the reading before. */
  readonly #ownFolders = new Set<string>();
  /** Maps that got an entry out of the order of their paths. */
  readonly #unordered = new Set<unknown>();
  #fleet: Fleet | null;
  #fleetText: string | null;

  constructor(options: ReadRepoOptions, before?: Reading) {
    this.#options = options;
    this.#before = before;
    this.#findings = new Map(before?.findings);
    this.#records = new Map(before?.repo.records);
    this.#tombstones = new Map(before?.repo.tombstones);
    this.#keys = new Map(before?.repo.keys);
    this.#dist = new Map(before?.repo.dist as Map<string, Map<string, string>> | undefined);
    this.#fleet = before?.repo.fleet ?? null;
    this.#fleetText = before?.repo.fleetText ?? null;
  }

  /** Takes a file in the place of what its path brought before. */
  add(path: string, bytes: Uint8Array): void {
    this.#findings.delete(path);
    const place = placeOf(path);
    switch (place.kind) {
      case 'fleet':
        this.#addFleet(path, bytes);
        break;
      case 'record':
        this.#addRecord(path, bytes, place.name);
        break;
      case 'tombstone':
        this.#addTombstone(path, bytes, place.name);
        break;
      case 'key':
        this.#addKey(path, bytes, place);
        break;
      case 'manifest':
        this.#put(this.#folder(place.unit), place.file, readText(bytes));
        break;
      case 'stray':
        this.#addStray(path, place.reason);
        break;
      case 'other':
        break;
    }
  }

  /** Forgets what a path brought. */
  remove(path: string): void {
    this.#findings.delete(path);
    const place = placeOf(path);
    switch (place.kind) {
      case 'fleet':
        this.#fleet = null;
        this.#fleetText = null;
        break;
      case 'record':
        this.#records.delete(place.name);
        break;
      case 'tombstone':
        this.#tombstones.delete(place.name);
        break;
      case 'key':
        this.#removeKey(path);
        break;
      case 'manifest': {
        const folder = this.#folder(place.unit);
        folder.delete(place.file);
        if (folder.size === 0) this.#dist.delete(place.unit);
        break;
      }
      case 'stray':
      case 'other':
        break;
    }
  }

  /** `isSamePaths`: files came and went under no new name since the reading before. */
  finish(files: RepoFiles, isSamePaths = false): Reading {
    this.#findings.delete(NO_FLEET);
    if (!files.has(FLEET_PATH)) {
      const message = 'is missing: it says what holds for the whole fleet';
      this.#report(NO_FLEET, null, [{ file: FLEET_PATH, field: '', message }]);
    }
    const maps = {
      records: this.#inOrder(this.#records, ({ path }) => path),
      tombstones: this.#inOrder(this.#tombstones, ({ path }) => path),
      keys: this.#inOrder(this.#keys, ({ path }) => path),
    };
    const inFleet = this.#checkInFleet();
    const collisions =
      isSamePaths && this.#before !== undefined ? this.#before.collisions : caseCollisions([...files.keys()]);
    const findings = [...this.#findings.values()];
    const problems = [
      ...findings.flatMap((found) => found.problems),
      ...[...inFleet.values()].flat(),
      ...crossProblems(this.#fleet, maps),
      ...startVariables(this.#fleet, { ...maps, fleetText: this.#fleetText }),
      ...collisions,
    ];
    const repo: Repo = {
      ...maps,
      fleet: this.#fleet,
      fleetText: this.#fleetText,
      dist: this.#foldersInOrder(),
      problems: sortedProblems(problems),
      claimed: new Set(findings.flatMap(({ claimed }) => claimed)),
      brokenKeys: new Set(findings.flatMap(({ brokenKeys }) => brokenKeys)),
    };
    return { repo, findings: this.#findings, inFleet, collisions };
  }

  #found(path: string): Findings {
    const known = this.#findings.get(path) ?? { problems: [], claimed: [], brokenKeys: [] };
    this.#findings.set(path, known);
    return known;
  }

  #report(path: string, unit: string | null, problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const found = this.#found(path).problems;
    found.push(...problems.map((problem) => ({ ...problem, unit, severity: 'error' as const })));
  }

  #put<Value>(map: Map<string, Value>, name: string, value: Value): void {
    if (this.#before !== undefined && !map.has(name)) this.#unordered.add(map);
    map.set(name, value);
  }

  #inOrder<Value>(map: Map<string, Value>, pathOf: (value: Value, name: string) => string): Map<string, Value> {
    if (!this.#unordered.has(map)) return map;
    const sortable = [...map].map(([name, value]) => ({ name, value, path: pathOf(value, name) }));
    return new Map(sortable.sort((a, b) => compareTexts(a.path, b.path)).map(({ name, value }) => [name, value]));
  }

  /** The folder of a unit under dist/, free to be changed. */
  #folder(unit: string): Map<string, string> {
    const known = this.#dist.get(unit);
    if (known !== undefined && this.#ownFolders.has(unit)) return known;
    const folder = new Map(known);
    this.#ownFolders.add(unit);
    this.#put(this.#dist, unit, folder);
    return folder;
  }

  #foldersInOrder(): Map<string, Map<string, string>> {
    for (const unit of this.#ownFolders) {
      const folder = this.#dist.get(unit);
      if (folder !== undefined)
        this.#dist.set(
          unit,
          this.#inOrder(folder, (_, file) => file),
        );
    }
    return this.#inOrder(this.#dist, (_, unit) => `${unit}/`);
  }

  #addFleet(path: string, bytes: Uint8Array): void {
    const { parsed, leaks } = readFleet(path, bytes);
    this.#report(path, null, parsed.ok ? leaks : parsed.problems);
    const isGood = parsed.ok && leaks.length === 0;
    this.#fleet = isGood ? parsed.fleet : null;
    this.#fleetText = isGood ? parsed.source.text : null;
  }

  #addRecord(path: string, bytes: Uint8Array, name: string): void {
    const recalled = this.#options.recall?.(path, bytes);
    if (recalled !== undefined) {
      this.#put(this.#records, name, { record: recalled, path, text: readText(bytes) });
      return;
    }
    const read = readRecord(path, bytes, name);
    if (read.entry !== undefined) {
      this.#put(this.#records, name, read.entry);
      return;
    }
    this.#records.delete(name);
    this.#report(path, name, read.problems);
    // It still stands for an instance: the one of its file name, and the one that it names itself.
    this.#found(path).claimed.push(name, name.toLowerCase(), ...(read.named === undefined ? [] : [read.named]));
  }

  #addTombstone(path: string, bytes: Uint8Array, name: string): void {
    const parsed = readTombstone(path, bytes);
    const problems = parsed.ok ? wrongName(parsed.source, parsed.tombstone.metadata.name, name) : parsed.problems;
    if (parsed.ok && problems.length === 0) {
      this.#put(this.#tombstones, name, { tombstone: parsed.tombstone, path, text: parsed.source.text });
      return;
    }
    this.#tombstones.delete(name);
    this.#report(path, name, problems);
    this.#found(path).claimed.push(name);
  }

  #addKey(path: string, bytes: Uint8Array, { scope, slug }: Place & { readonly kind: 'key' }): void {
    const read = readSealed(path, bytes, scope, slug);
    if (read.sealed !== undefined) {
      this.#put(this.#keys, `${scope}/${read.sealed.key}`, read.sealed);
      return;
    }
    this.#removeKey(path);
    this.#report(path, unitOfScope(scope), read.problems);
    this.#found(path).brokenKeys.push(`${scope}/${slug}`);
  }

  #removeKey(path: string): void {
    for (const [name, key] of this.#keys) if (key.path === path) this.#keys.delete(name);
  }

  #addStray(path: string, reason: string): void {
    this.#report(path, null, [{ file: path, field: '', message: `does not belong here: ${reason}` }]);
    const stem = /^instances\/([^/.]+)\./.exec(path)?.[1];
    if (stem !== undefined) this.#found(path).claimed.push(stem.toLowerCase());
  }

  /** What is wrong only where a record and the fleet meet. */
  #checkInFleet(): Map<string, readonly UnitProblem[]> {
    const found = new Map<string, readonly UnitProblem[]>();
    const fleet = this.#fleet;
    if (fleet === null) return found;
    const before = this.#before?.repo.fleet === fleet ? this.#before : undefined;
    for (const [name, entry] of this.#records) {
      const problems =
        before?.repo.records.get(name) === entry ? before.inFleet.get(name) : recordProblems(name, entry, fleet);
      if (problems !== undefined && problems.length > 0) found.set(name, problems);
    }
    return found;
  }
}

function recordProblems(name: string, { record, path, text }: RecordEntry, fleet: Fleet): readonly UnitProblem[] {
  const issues = recordIssuesInFleet(record, fleet);
  if (issues.length === 0) return [];
  const read = readSource(text, path);
  if (!read.ok) return [];
  return issues.map((issue) => ({ ...read.source.locate(issue), unit: name, severity: 'error' as const }));
}
