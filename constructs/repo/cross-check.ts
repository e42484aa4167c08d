import type { Fleet, Problem } from '../schema/index.ts';
import { secretName } from '../schema/index.ts';
import { locateIn } from './locate-in.ts';
import { unitOfScope } from './paths.ts';
import type { Repo, SealedKeyFile, UnitProblem } from './repo.ts';

const error = (unit: string | null, problem: Problem): UnitProblem => ({ ...problem, unit, severity: 'error' });

export function livingTombstones({ records, tombstones }: Pick<Repo, 'records' | 'tombstones'>): UnitProblem[] {
  return [...tombstones].flatMap(([name, { path }]) => {
    if (!records.has(name)) return [];
    const message = `${name} has a record too; the commit that brings a record back removes its tombstone`;
    return [error(name, { file: path, line: 1, column: 1, field: '', message })];
  });
}

/** What is wrong with sealed keys beside each other and in this fleet. */
export function keyProblems(keys: Repo['keys'], fleet: Fleet | null): readonly UnitProblem[] {
  return [...sharedSecretNames(keys), ...copiedKeys(keys), ...misplacedKeys(keys, fleet)];
}

/** `bot-a` with the key B_C and `bot-a-b` with the key C would share one Secret. */
function sharedSecretNames(keys: Repo['keys']): UnitProblem[] {
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
function copiedKeys(keys: Repo['keys']): UnitProblem[] {
  return sharedBy([...keys.values()], ({ encrypted }) => Object.values(encrypted)).flatMap(([, files]) =>
    files.map((sealed) => {
      const message = `holds the same encrypted text as ${others(files, sealed)}: a sealed key cannot be copied; seal it anew`;
      return error(null, { file: sealed.path, line: 1, column: 1, field: 'stringData', message });
    }),
  );
}

function misplacedKeys(keys: Repo['keys'], fleet: Fleet | null): UnitProblem[] {
  if (fleet === null) return [];
  const { namespace, recipients } = fleet.spec;
  return [...keys.values()].flatMap((sealed) => {
    const found: UnitProblem[] = [];
    const problem = (path: string[], message: string) =>
      locateIn(sealed.text, sealed.path, { path, on: 'value', message });
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
    for (const mark of marksOf(item)) {
      const group = groups.get(mark);
      if (group === undefined) groups.set(mark, [item]);
      else group.push(item);
    }
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
