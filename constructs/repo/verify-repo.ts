import { leftFieldProblems } from './left-field-problems.ts';
import { FLEET_PATH, FLEET_UNIT, manifestPath } from './paths.ts';
import { manifestProblems } from './manifest-problems.ts';
import { readRepo } from './read-repo.ts';
import { holdsText, type RenderedFile } from './rendered-file.ts';
import { holdsOf, renderUnit } from './render-unit.ts';
import { recipientProblems } from './recipient-problems.ts';
import type { Repo, RepoFiles, UnitProblem } from './repo.ts';

/**
 * Everything that is wrong with a checkout of an instances repo, by file, line and column: records, keys, uniqueness,
 * and every rendered file that is not exactly what its record, the fleet and its keys render to.
 */
export function verifyRepo(files: RepoFiles): readonly UnitProblem[] {
  const repo = readRepo(files);
  const problems = [...repo.problems, ...recipientProblems(repo), ...leftFieldProblems(repo)];
  for (const [name, { path }] of repo.records) problems.push(...renderedProblems(repo, name, path));
  for (const unit of repo.dist.keys()) {
    if (!repo.records.has(unit)) problems.push(...abandonedProblems(repo, unit));
  }
  for (const { scope, path } of repo.keys.values()) {
    if (scope === 'global' || repo.records.has(scope) || repo.claimed.has(scope)) continue;
    problems.push({ ...problem(path, `belongs to ${scope}, which has no record`), unit: scope });
  }
  return problems.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
}

function problem(file: string, message: string): Omit<UnitProblem, 'unit'> {
  return { file, field: '', message, severity: 'error' };
}

/** Where dist/ of a unit is not what its record renders to. */
export function renderedProblems(repo: Repo, unit: string, recordPath: string): UnitProblem[] {
  const rendered = renderUnit(repo, unit);
  if (!rendered.ok) {
    // Named already, unless it is another file's problem that holds this unit.
    return holdsOf(repo, unit).filter(
      ({ file }) => file !== FLEET_PATH && !repo.problems.some((known) => known.file === file),
    );
  }
  const found = repo.dist.get(unit) ?? new Map<string, RenderedFile>();
  const namespace = repo.fleet?.spec.namespace ?? '';
  const problems: UnitProblem[] = [];
  for (const { file, text } of rendered.manifests) {
    const path = manifestPath(unit, file);
    const actual = found.get(file);
    const there = actual?.text ?? '';
    if (actual === undefined) {
      problems.push({ ...problem(path, `is missing; ${recordPath} renders to it (run synth)`), unit });
    } else if (!holdsText(actual, text)) {
      problems.push(
        { ...differing(path, there, text, recordPath), unit },
        ...manifestProblems(path, unit, namespace, there),
      );
    }
  }
  for (const [file, { text }] of found) {
    const path = manifestPath(unit, file);
    if (rendered.files.has(path)) continue;
    const message = `is not rendered from ${recordPath}; dist/ holds nothing else (run synth)`;
    problems.push({ ...problem(path, message), unit }, ...manifestProblems(path, unit, namespace, text ?? ''));
  }
  return problems;
}

/** Points at the first line that is not as it is rendered. */
function differing(path: string, actual: string, expected: string, recordPath: string): Omit<UnitProblem, 'unit'> {
  const [have, want] = [actual.split('\n'), expected.split('\n')];
  const index = have.findIndex((line, at) => line !== want[at]);
  const at = index < 0 ? have.length - 1 : index;
  const wanted = want[at]?.trim();
  const expectation = wanted === undefined ? 'the file ends here' : `it says \`${wanted}\``;
  return {
    ...problem(path, `is not what ${recordPath} renders to: there ${expectation} (run synth)`),
    line: at + 1,
    column: 1,
    ...(have[at] ? { source: have[at].slice(0, 160) } : {}),
  };
}

/** One problem for the whole folder, at its first file. */
function abandonedProblems(repo: Repo, unit: string): UnitProblem[] {
  const first = [...(repo.dist.get(unit)?.keys() ?? [])].sort()[0];
  if (first === undefined || repo.claimed.has(unit)) return [];
  const why = repo.tombstones.has(unit)
    ? `${unit} has a tombstone: its rendered files leave with its record`
    : `${unit} has no record: an instance leaves by a tombstone (run synth)`;
  const message = unit === FLEET_UNIT ? 'nothing of the fleet is rendered' : why;
  return [{ ...problem(manifestPath(unit, first), message), unit }];
}
