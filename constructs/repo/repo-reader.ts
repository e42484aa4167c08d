import type { BotInstance, Fleet, Problem } from '../schema/index.ts';
import { caseCollisions, keyProblems, livingTombstones } from './cross-check.ts';
import { keysOfScope } from './keys.ts';
import { MapDraft } from './map-draft.ts';
import { readFleet, readRecord, readRendered, readSealed, readText, readTombstone, wrongName } from './read-file.ts';
import { FLEET_PATH, FLEET_UNIT, GLOBAL_SCOPE, placeOf, type Place, unitOfScope } from './paths.ts';
import { fleetPolicyProblems } from './policy-problems.ts';
import type { FileContent, RenderedFile } from './rendered-file.ts';
import { recordProblems } from './record-problems.ts';
import {
  sortedProblems,
  type RecordEntry,
  type Repo,
  type Folder,
  type RepoContents,
  type SealedKeyFile,
  type TombstoneEntry,
  type UnitProblem,
} from './repo.ts';
import { portHolders, sharedPorts, type PortHolders } from './shared-ports.ts';
import { startWarnings } from './start-variables.ts';

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
  /** Problems of records that only what surrounds them makes, by name; of those that have any. */
  readonly ofRecords: ReadonlyMap<string, readonly UnitProblem[]>;
  readonly ofKeys: readonly UnitProblem[];
  readonly ports: PortHolders;
  readonly collisions: readonly UnitProblem[];
}

/** The path of a finding about a file that isn't there. */
const NO_FLEET = '';

/** Reads files one by one, from nothing or on top of an earlier reading. */
export class RepoReader {
  readonly #options: ReadRepoOptions;
  readonly #before: Reading | undefined;
  readonly #findings: Map<string, Findings>;
  readonly #records: MapDraft<RecordEntry>;
  readonly #tombstones: MapDraft<TombstoneEntry>;
  readonly #keys: MapDraft<SealedKeyFile>;
  /** Names of keys by path, where the reading before has any. */
  #keyNames: ReadonlyMap<string, string> | undefined;
  readonly #dist: MapDraft<Folder>;
  /** Folders of dist/ that change. */
  readonly #folders = new Map<string, MapDraft<RenderedFile>>();
  #fleet: Fleet | null;
  #fleetText: string | null;

  constructor(options: ReadRepoOptions, before?: Reading) {
    this.#options = options;
    this.#before = before;
    this.#findings = new Map(before?.findings);
    this.#records = new MapDraft(before?.repo.records, ({ path }) => path);
    this.#tombstones = new MapDraft(before?.repo.tombstones, ({ path }) => path);
    this.#keys = new MapDraft(before?.repo.keys, ({ path }) => path);
    this.#dist = new MapDraft(before?.repo.dist, (_, unit) => `${unit}/`);
    this.#fleet = before?.repo.fleet ?? null;
    this.#fleetText = before?.repo.fleetText ?? null;
  }

  /** Takes a file in the place of what its path brought before. */
  add(path: string, content: FileContent): void {
    this.#findings.delete(path);
    const place = placeOf(path);
    if (place.kind === 'manifest') this.#folder(place.unit).set(place.file, readRendered(content));
    else if (place.kind === 'stray') this.#addStray(path, place.reason);
    // Of a file below dist/ the bytes may not have been kept, whatever it is there for.
    else if (place.kind !== 'other') this.#addSource(path, bytesOf(path, content), place);
  }

  #addSource(
    path: string,
    bytes: Uint8Array,
    place: Exclude<Place, { readonly kind: 'manifest' | 'stray' | 'other' }>,
  ): void {
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
      case 'manifest':
        this.#folder(place.unit).delete(place.file);
        break;
      case 'stray':
      case 'other':
        break;
    }
  }

  /** `isSamePaths`: files came and went under no new name since the reading before. */
  finish(files: RepoContents, isSamePaths = false): Reading {
    this.#findings.delete(NO_FLEET);
    if (!files.has(FLEET_PATH)) {
      const message = 'is missing: it says what holds for the whole fleet';
      this.#report(NO_FLEET, null, [{ file: FLEET_PATH, field: '', message }]);
    }
    const maps = {
      records: this.#records.finish(),
      tombstones: this.#tombstones.finish(),
      keys: this.#keys.finish(),
    };
    const before = this.#before?.repo.fleet === this.#fleet ? this.#before : undefined;
    const ofRecords = this.#checkRecords(maps, before);
    const ofKeys = before?.repo.keys === maps.keys ? before.ofKeys : keyProblems(maps.keys, this.#fleet);
    const ports = portHolders(
      { holders: this.#before?.ports ?? new Map(), records: this.#before?.repo.records ?? new Map() },
      maps.records,
      this.#records.changed(),
    );
    const collisions =
      isSamePaths && this.#before !== undefined ? this.#before.collisions : caseCollisions([...files.keys()]);
    const findings = [...this.#findings.values()];
    const problems = [
      ...findings.flatMap((found) => found.problems),
      ...[...ofRecords.values()].flat(),
      ...sharedPorts(ports, maps.records),
      ...livingTombstones(maps),
      ...fleetPolicyProblems({ ...maps, fleet: this.#fleet, fleetText: this.#fleetText }),
      ...ofKeys,
      ...startWarnings(FLEET_UNIT, FLEET_PATH, this.#fleetText ?? '', this.#fleet?.spec.env),
      ...collisions,
    ];
    const repo: Repo = {
      ...maps,
      fleet: this.#fleet,
      fleetText: this.#fleetText,
      dist: this.#finishFolders(),
      problems: sortedProblems(problems),
      claimed: new Set(findings.flatMap(({ claimed }) => claimed)),
      brokenKeys: new Set(findings.flatMap(({ brokenKeys }) => brokenKeys)),
    };
    return { repo, findings: this.#findings, ofRecords, ofKeys, ports, collisions };
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

  #folder(unit: string): MapDraft<RenderedFile> {
    let folder = this.#folders.get(unit);
    if (folder === undefined) {
      folder = new MapDraft(this.#dist.get(unit), (_, file) => file);
      this.#folders.set(unit, folder);
    }
    return folder;
  }

  #finishFolders(): Repo['dist'] {
    for (const [unit, draft] of this.#folders) {
      // Copied: a folder is small, and lives longer than what it was made of.
      const folder = new Map(draft.finish());
      if (folder.size > 0) this.#dist.set(unit, folder);
      else this.#dist.delete(unit);
    }
    return this.#dist.finish();
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
      this.#records.set(name, { record: recalled, path, text: readText(bytes) });
      return;
    }
    const read = readRecord(path, bytes, name);
    if (read.entry !== undefined) {
      this.#records.set(name, read.entry);
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
      this.#tombstones.set(name, { tombstone: parsed.tombstone, path, text: parsed.source.text });
      return;
    }
    this.#tombstones.delete(name);
    this.#report(path, name, problems);
    this.#found(path).claimed.push(name);
  }

  #addKey(path: string, bytes: Uint8Array, { scope, slug }: Place & { readonly kind: 'key' }): void {
    const read = readSealed(path, bytes, scope, slug);
    if (read.sealed !== undefined) {
      this.#keys.set(`${scope}/${read.sealed.key}`, read.sealed);
      return;
    }
    this.#removeKey(path);
    this.#report(path, unitOfScope(scope), read.problems);
    this.#found(path).brokenKeys.push(`${scope}/${slug}`);
  }

  #removeKey(path: string): void {
    const known = this.#before?.repo.keys ?? new Map<string, SealedKeyFile>();
    this.#keyNames ??= new Map([...known].map(([name, key]) => [key.path, name]));
    const name = this.#keyNames.get(path);
    if (name !== undefined && this.#keys.get(name)?.path === path) this.#keys.delete(name);
  }

  #addStray(path: string, reason: string): void {
    this.#report(path, null, [{ file: path, field: '', message: `does not belong here: ${reason}` }]);
    const stem = /^instances\/([^/.]+)\./.exec(path)?.[1];
    if (stem !== undefined) this.#found(path).claimed.push(stem.toLowerCase());
  }

  /** Only those records are checked again that changed, or whose surroundings did; `before` is of the same fleet. */
  #checkRecords(
    { records, keys }: Pick<Repo, 'records' | 'keys'>,
    before: Reading | undefined,
  ): ReadonlyMap<string, readonly UnitProblem[]> {
    const scopes = new Set([...this.#keys.changed()].map((name) => name.slice(0, name.indexOf('/'))));
    const isForAll = before === undefined || scopes.has(GLOBAL_SCOPE);
    const found = new Map(isForAll ? [] : before.ofRecords);
    const global = keysOfScope({ keys }, GLOBAL_SCOPE);
    for (const name of isForAll ? records.keys() : new Set([...this.#records.changed(), ...scopes])) {
      const entry = records.get(name);
      const surroundings = { fleet: this.#fleet, global, own: keysOfScope({ keys }, name) };
      const problems = entry === undefined ? [] : recordProblems(name, entry, surroundings);
      if (problems.length > 0) found.set(name, problems);
      else found.delete(name);
    }
    return found;
  }
}

function bytesOf(path: string, content: FileContent): Uint8Array {
  if (content instanceof Uint8Array) return content;
  throw new RangeError(`${path} is not under dist/`);
}
