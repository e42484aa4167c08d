import { createHash } from 'node:crypto';
import { digestsOf, keysInUse, type Folder, type Repo } from '../../../constructs/repo/index.ts';

/**
 * Remembers, by digest, which dist/ belongs to which inputs, so that nobody renders a bot only to see that main has it
 * right already. It never decides what is applied: every object that is sent was rendered from its record.
 */
export interface Renderings {
  /** True when dist/ of the unit is what its inputs were seen to render to. False says nothing. */
  isRight(repo: Repo, unit: string): boolean;
  /** Says what the unit's inputs in `repo` render to. */
  note(repo: Repo, unit: string, files: Folder): void;
  /** What was remembered of the unit turned out wrong. */
  forget(unit: string): void;
}

/** Where marks outlive the process. */
export interface KeptMarks {
  /** The marks of the last run, by unit. */
  readonly known: Iterable<readonly [unit: string, mark: string]>;
  keep(unit: string, mark: string): void;
  drop(unit: string): void;
}

/** `program` says which program renders: marks of another one fit nothing. */
export function createRenderings(program = '', kept?: KeptMarks): Renderings {
  const marks = new Map<string, string>(kept?.known);
  const markOf = (repo: Repo, unit: string, files: Folder): string => {
    const inputs = [repo.records.get(unit)?.text ?? '', repo.fleetText ?? '', JSON.stringify(keysInUse(repo, unit))];
    return digest([program, ...inputs, ...digestsOf(files)]);
  };
  return {
    isRight: (repo, unit) => {
      const files = repo.dist.get(unit);
      return files !== undefined && marks.has(unit) && marks.get(unit) === markOf(repo, unit, files);
    },
    note: (repo, unit, files) => {
      const mark = markOf(repo, unit, files);
      if (marks.get(unit) === mark) return;
      marks.set(unit, mark);
      kept?.keep(unit, mark);
    },
    forget: (unit) => {
      if (marks.delete(unit)) kept?.drop(unit);
    },
  };
}

/** SHA-256 over parts that are told apart. */
export function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64');
}
