import { isKnownKind, KINDS } from '../kinds.ts';
import { isObject } from '../schema/explain/explain.ts';
import type { Issue } from '../schema/explain/issue.ts';
import { readManifest } from '../schema/yaml/parse-document.ts';
import { leakProblems } from './leak-scan.ts';
import type { UnitProblem } from './repo.ts';
import { holdsSecret } from './secret-text.ts';

/**
 * What makes a file under dist/ worse than out of date: an object of another kind, in another namespace, with a name
 * that is not the unit's, or a key in clear text.
 */
export function manifestProblems(path: string, unit: string, namespace: string, text: string): UnitProblem[] {
  const asError = (problem: Omit<UnitProblem, 'unit' | 'severity'>): UnitProblem => ({
    ...problem,
    unit,
    severity: 'error',
  });
  const leaks = leakProblems(text, path).map(asError);
  const read = readManifest(text, path);
  if (!read.ok) {
    // The line in question may be the value of a Secret.
    const problems = holdsSecret(text)
      ? read.problems.map(({ source: _source, ...problem }) => problem)
      : read.problems;
    return [...problems.map(asError), ...leaks];
  }
  return [
    ...objectIssues(read.source.value, unit, namespace).map((issue) => asError(read.source.locate(issue))),
    ...leaks,
  ];
}

function objectIssues(value: unknown, unit: string, namespace: string): readonly Issue[] {
  if (!isObject(value) || !isObject(value.metadata)) {
    return [{ path: [], on: 'value', message: 'is not a Kubernetes object' }];
  }
  const { apiVersion, kind, metadata } = value;
  const issues: Issue[] = [];
  if (!isKnownKind(apiVersion, kind)) {
    const known = Object.entries(KINDS).map(([name, version]) => `${name} (${version})`);
    issues.push({
      path: ['kind'],
      on: 'value',
      message: `is not among the kinds that are applied: ${known.join(', ')}`,
    });
  }
  if (kind === 'Secret') {
    const message = 'is a Secret: its values stand here for everybody who reads the repository; take them out of use';
    issues.push({ path: ['kind'], on: 'value', message });
  }
  if (metadata.namespace !== namespace) {
    issues.push({
      path: ['metadata', 'namespace'],
      on: 'value',
      message: `must be ${namespace}, the namespace of the fleet`,
    });
  }
  const name = metadata.name;
  if (typeof name !== 'string' || (name !== unit && !name.startsWith(`${unit}-`))) {
    issues.push({ path: ['metadata', 'name'], on: 'value', message: `must be ${unit}, or start with "${unit}-"` });
  }
  return issues;
}
