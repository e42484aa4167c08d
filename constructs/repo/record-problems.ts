import { recordIssuesInFleet, type Fleet } from '../schema/index.ts';
import { readSource } from '../schema/yaml/parse-document.ts';
import { locateIn } from './locate-in.ts';
import type { RecordEntry, SealedKeyFile, UnitProblem } from './repo.ts';
import { startWarnings } from './start-variables.ts';

/** All that a record is checked against, but for other records. */
export interface RecordSurroundings {
  readonly fleet: Fleet | null;
  readonly global: readonly SealedKeyFile[];
  /** Keys of the bot itself. */
  readonly own: readonly SealedKeyFile[];
}

/** What is wrong only where a record meets the fleet and the keys, and what whoever reads it should know. */
export function recordProblems(
  name: string,
  entry: RecordEntry,
  { fleet, global, own }: RecordSurroundings,
): readonly UnitProblem[] {
  return [
    ...(fleet === null ? [] : inFleet(name, entry, fleet)),
    ...environmentClashes(name, entry, fleet, [...global, ...own]),
    ...startWarnings(name, entry.path, entry.text, entry.record.spec.env),
  ];
}

function inFleet(name: string, { record, path, text }: RecordEntry, fleet: Fleet): readonly UnitProblem[] {
  const issues = recordIssuesInFleet(record, fleet);
  if (issues.length === 0) return [];
  const read = readSource(text, path);
  if (!read.ok) return [];
  return issues.map((issue) => ({ ...read.source.locate(issue), unit: name, severity: 'error' as const }));
}

/** A variable and a key of one name: only one of them could reach the bot. */
function environmentClashes(
  name: string,
  { record, path, text }: RecordEntry,
  fleet: Fleet | null,
  keys: readonly SealedKeyFile[],
): UnitProblem[] {
  if (keys.length === 0) return [];
  const env = { ...fleet?.spec.env, ...record.spec.env };
  return keys
    .filter(({ key }) => Object.hasOwn(env, key))
    .map((sealed) => {
      const message = `${sealed.key} is a sealed key too (${sealed.path}); take one of them away`;
      const issue = { path: ['spec', 'env', sealed.key], on: 'key', message } as const;
      return { ...locateIn(text, path, issue), unit: name, severity: 'error' as const };
    });
}
