import type { Fleet, Problem } from '../schema/index.ts';
import { secretName } from '../schema/index.ts';
import { readSource } from '../schema/parse-document.ts';
import type { Issue } from '../schema/issue.ts';
import { unitOfScope } from './paths.ts';
import type { Repo, SealedKeyFile, UnitProblem } from './repo.ts';

type Maps = Pick<Repo, 'records' | 'tombstones' | 'keys'>;

/** What no file can know by itself: everything that must be unique over the fleet, and what contradicts another file. */
export function crossProblems(fleet: Fleet | null, maps: Maps): readonly UnitProblem[] {
  return [
    ...sharedPorts(maps.records),
    ...livingTombstones(maps),
    ...sharedSecretNames(maps.keys),
    ...copiedKeys(maps.keys),
    ...misplacedKeys(maps.keys, fleet),
    ...environmentClashes(fleet, maps),
  ];
}

const error = (unit: string | null, problem: Problem): UnitProblem => ({ ...problem, unit, severity: 'error' });

/** Finds the place of an issue in a text that was read before. */
function locate(text: string, file: string, issue: Issue): Problem {
  const read = readSource(text, file);
  return read.ok ? read.source.locate(issue) : { file, field: '', message: issue.message };
}

/** Both holders are told: the commit that brought the second one in cannot be seen from here. */
function sharedPorts(records: Maps['records']): UnitProblem[] {
  const holders = new Map<number, string[]>();
  for (const [name, { record }] of records) {
    const ports = record.spec.nodePorts;
    if (ports !== undefined) holders.set(ports.chrome, [...(holders.get(ports.chrome) ?? []), name]);
  }
  return [...holders].flatMap(([port, names]) =>
    names.length < 2
      ? []
      : names.map((name) => {
          const others = names.filter((other) => other !== name).join(', ');
          const message = `${port} and ${port + 1} are taken by ${others} too: a pair belongs to one bot of the fleet`;
          const entry = records.get(name);
          const issue = { path: ['spec', 'nodePorts', 'chrome'], on: 'value', message } as const;
          return error(name, locate(entry?.text ?? '', entry?.path ?? '', issue));
        }),
  );
}

function livingTombstones({ records, tombstones }: Maps): UnitProblem[] {
  return [...tombstones].flatMap(([name, { path }]) => {
    if (!records.has(name)) return [];
    const message = `${name} has a record too; the commit that brings a record back removes its tombstone`;
    return [error(name, { file: path, line: 1, column: 1, field: '', message })];
  });
}

/** `bot-a` with the key B_C and `bot-a-b` with the key C would share one Secret. */
function sharedSecretNames(keys: Maps['keys']): UnitProblem[] {
  return sharedBy([...keys.values()], ({ scope, key }) => [secretName(scope, key)]).flatMap(([name, files]) =>
    files.map((sealed) => {
      const message = `its Secret would be ${name}, as that of ${others(files, sealed)}`;
      return error(unitOf(sealed), { file: sealed.path, line: 1, column: 1, field: 'metadata.name', message });
    }),
  );
}

/**
 * The same encrypted text under two owners was copied. Its binding fits only one of them, and which one shows when it is
 * opened: that one is applied, the other is held then. So nobody is held by this, and the commit is refused all the same.
 */
function copiedKeys(keys: Maps['keys']): UnitProblem[] {
  return sharedBy([...keys.values()], ({ encrypted }) => Object.values(encrypted)).flatMap(([, files]) =>
    files.map((sealed) => {
      const message = `holds the same encrypted text as ${others(files, sealed)}: a sealed key cannot be copied; seal it anew`;
      return error(null, { file: sealed.path, line: 1, column: 1, field: 'stringData', message });
    }),
  );
}

function misplacedKeys(keys: Maps['keys'], fleet: Fleet | null): UnitProblem[] {
  if (fleet === null) return [];
  const { namespace, recipients } = fleet.spec;
  return [...keys.values()].flatMap((sealed) => {
    const found: UnitProblem[] = [];
    const problem = (path: string[], message: string) =>
      locate(sealed.text, sealed.path, { path, on: 'value', message });
    if (sealed.namespace !== namespace) {
      const message = `must be ${namespace}, the namespace of the fleet`;
      found.push(error(unitOf(sealed), problem(['metadata', 'namespace'], message)));
    }
    if (sealed.recipients.toSorted().join() !== recipients.toSorted().join()) {
      const message = 'is sealed for other recipients than claworc.yaml names';
      found.push({ ...problem(['sops', 'age'], message), unit: unitOf(sealed), severity: 'warning' });
    }
    return found;
  });
}

/** A variable and a key of one name: only one of them could reach the bot. */
function environmentClashes(fleet: Fleet | null, { records, keys }: Maps): UnitProblem[] {
  if (keys.size === 0) return [];
  const byScope = Map.groupBy(keys.values(), ({ scope }) => scope);
  const global = byScope.get('global') ?? [];
  return [...records].flatMap(([name, { record, path, text }]) => {
    const env = { ...fleet?.spec.env, ...record.spec.env };
    const clashing = [...global, ...(byScope.get(name) ?? [])].filter(({ key }) => Object.hasOwn(env, key));
    return clashing.map((sealed) => {
      const message = `${sealed.key} is a sealed key too (${sealed.path}); take one of them away`;
      return error(name, locate(text, path, { path: ['spec', 'env', sealed.key], on: 'key', message }));
    });
  });
}

/** Two paths that are one file on a disk that does not tell capitals apart. */
export function caseCollisions(paths: readonly string[]): readonly UnitProblem[] {
  if (new Set(paths.map((path) => path.toLowerCase())).size === paths.length) return [];
  return sharedBy(paths, (path) => [path.toLowerCase()]).flatMap(([, same]) =>
    same.map((file) => {
      const rest = same.filter((other) => other !== file).join(', ');
      return error(null, { file, field: '', message: `differs from ${rest} in capitals alone` });
    }),
  );
}

function sharedBy<T>(items: readonly T[], marksOf: (item: T) => readonly string[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const mark of marksOf(item)) groups.set(mark, [...(groups.get(mark) ?? []), item]);
  }
  return [...groups].filter(([, group]) => group.length > 1);
}

function others(files: readonly SealedKeyFile[], self: SealedKeyFile): string {
  return files
    .filter((file) => file !== self)
    .map(({ path }) => path)
    .join(', ');
}

function unitOf({ scope }: SealedKeyFile): string {
  return unitOfScope(scope);
}
