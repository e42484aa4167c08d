import { recordIssuesInFleet, type BotInstance, type Fleet, type Problem } from '../schema/index.ts';
import { readSource } from '../schema/parse-document.ts';
import { crossProblems } from './cross-check.ts';
import { readFleet, readRecord, readSealed, readText, readTombstone, wrongName } from './read-file.ts';
import { FLEET_PATH, placeOf, type Place, unitOfScope } from './paths.ts';
import type { RecordEntry, Repo, RepoFiles, SealedKeyFile, TombstoneEntry, UnitProblem } from './repo.ts';

export interface ReadRepoOptions {
  /**
   * A record that these very bytes were read as before, by this program and without a problem; its text is then not
   * parsed again. Whatever depends on other files is checked all the same.
   */
  readonly recall?: (path: string, bytes: Uint8Array) => BotInstance | undefined;
  /** The same for a sealed key. */
  readonly recallKey?: (path: string, bytes: Uint8Array) => SealedKeyFile | undefined;
}

/** Reads an instances repo. Never throws on content: a broken file is a problem of its unit, and all others go on. */
export function readRepo(files: RepoFiles, options: ReadRepoOptions = {}): Repo {
  const reader = new RepoReader(options);
  for (const path of [...files.keys()].sort()) reader.add(path, files.get(path) ?? new Uint8Array());
  return reader.finish(files);
}

class RepoReader {
  readonly #options: ReadRepoOptions;
  readonly #problems: UnitProblem[] = [];
  readonly #records = new Map<string, RecordEntry>();
  readonly #tombstones = new Map<string, TombstoneEntry>();
  readonly #keys = new Map<string, SealedKeyFile>();
  readonly #dist = new Map<string, Map<string, string>>();
  readonly #claimed = new Set<string>();
  readonly #brokenKeys = new Set<string>();
  #fleet: Fleet | null = null;
  #fleetText: string | null = null;

  constructor(options: ReadRepoOptions) {
    this.#options = options;
  }

  add(path: string, bytes: Uint8Array): void {
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
        this.#addManifest(bytes, place);
        break;
      case 'stray':
        this.#addStray(path, place.reason);
        break;
      case 'other':
        break;
    }
  }

  finish(files: RepoFiles): Repo {
    if (!files.has(FLEET_PATH)) {
      this.#report(null, [
        { file: FLEET_PATH, field: '', message: 'is missing: it says what holds for the whole fleet' },
      ]);
    }
    this.#checkInFleet();
    const maps = { records: this.#records, tombstones: this.#tombstones, keys: this.#keys };
    this.#problems.push(...crossProblems(this.#fleet, maps, [...files.keys()]));
    return {
      ...maps,
      fleet: this.#fleet,
      fleetText: this.#fleetText,
      dist: this.#dist,
      problems: sorted(this.#problems),
      claimed: this.#claimed,
      brokenKeys: this.#brokenKeys,
    };
  }

  #report(unit: string | null, problems: readonly Problem[]): void {
    this.#problems.push(...problems.map((problem) => ({ ...problem, unit, severity: 'error' as const })));
  }

  #addFleet(path: string, bytes: Uint8Array): void {
    const { parsed, leaks } = readFleet(path, bytes);
    this.#report(null, parsed.ok ? leaks : parsed.problems);
    if (!parsed.ok || leaks.length > 0) return;
    this.#fleet = parsed.fleet;
    this.#fleetText = parsed.source.text;
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
    this.#report(name, read.problems);
    this.#claim(name, read.named);
  }

  #addTombstone(path: string, bytes: Uint8Array, name: string): void {
    const parsed = readTombstone(path, bytes);
    const problems = parsed.ok ? wrongName(parsed.source, parsed.tombstone.metadata.name, name) : parsed.problems;
    if (parsed.ok && problems.length === 0) {
      this.#tombstones.set(name, { tombstone: parsed.tombstone, path, text: parsed.source.text });
      return;
    }
    this.#report(name, problems);
    this.#claimed.add(name);
  }

  #addKey(path: string, bytes: Uint8Array, { scope, slug }: Place & { readonly kind: 'key' }): void {
    const recalled = this.#options.recallKey?.(path, bytes);
    if (recalled !== undefined) {
      this.#keys.set(`${scope}/${recalled.key}`, recalled);
      return;
    }
    const read = readSealed(path, bytes, scope, slug);
    if (read.sealed !== undefined) {
      this.#keys.set(`${scope}/${read.sealed.key}`, read.sealed);
      return;
    }
    this.#report(unitOfScope(scope), read.problems);
    this.#brokenKeys.add(`${scope}/${slug}`);
  }

  #addManifest(bytes: Uint8Array, { unit, file }: Place & { readonly kind: 'manifest' }): void {
    const folder = this.#dist.get(unit) ?? new Map<string, string>();
    folder.set(file, readText(bytes));
    this.#dist.set(unit, folder);
  }

  #addStray(path: string, reason: string): void {
    this.#report(null, [{ file: path, field: '', message: `does not belong here: ${reason}` }]);
    const stem = /^instances\/([^/.]+)\./.exec(path)?.[1];
    if (stem !== undefined) this.#claimed.add(stem.toLowerCase());
  }

  /** A broken record still stands for an instance: the one of its file name, and the one that it names itself. */
  #claim(stem: string, named: string | undefined): void {
    this.#claimed.add(stem).add(stem.toLowerCase());
    if (named !== undefined) this.#claimed.add(named);
  }

  /** What is wrong only where a record and the fleet meet. */
  #checkInFleet(): void {
    if (this.#fleet === null) return;
    for (const [name, { record, path, text }] of this.#records) {
      const issues = recordIssuesInFleet(record, this.#fleet);
      if (issues.length === 0) continue;
      const read = readSource(text, path);
      if (read.ok) this.#report(name, issues.map(read.source.locate));
    }
  }
}

function sorted(problems: readonly UnitProblem[]): readonly UnitProblem[] {
  const seen = new Set<string>();
  const unique = problems.filter(({ file, line, column, message }) => {
    const key = JSON.stringify([file, line, column, message]);
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort(
    (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
