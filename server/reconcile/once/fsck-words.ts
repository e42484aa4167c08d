import { isFault, type Finding } from '../plan/fsck/finding.ts';
import type { FsckReport } from './fsck-repo.ts';

export interface FsckCall {
  /** What `--repair` is told to do, and whether it was done or would be. */
  readonly mode: 'look' | 'show' | 'repair';
}

/** For a person: what is found, why it matters, what a repair does, and what was done. */
export function formatFsck(report: FsckReport, { mode }: FsckCall): string {
  const { commit, namespace, findings, repairable, repaired, held } = report;
  const lines = [`Namespace ${namespace} against ${commit.slice(0, 7)}`];
  for (const { finding, state, reason } of repaired) {
    lines.push('', `${state === 'done' ? 'repaired' : state}, as it was found: ${finding.what}`);
    if (finding.repair !== undefined) lines.push(`  repair  ${finding.repair.words}`);
    if (reason !== '') lines.push(`  why     ${reason}`);
  }
  for (const finding of findings) lines.push('', ...formatFinding(finding, repairable.includes(finding), held));
  lines.push('', summaryOf(report));
  if (held !== null && findings.some(({ repair }) => repair !== undefined)) lines.push(`Nothing is repaired: ${held}.`);
  else if (repairable.length > 0 && mode === 'look') lines.push('`claworc fsck --repair` shows what it would do.');
  else if (repairable.length > 0 && mode === 'show') {
    lines.push('Nothing was written: the same with --yes carries out what is marked "would".');
  }
  return lines.join('\n');
}

function formatFinding({ kind, what, why, help, repair }: Finding, isDue: boolean, held: string | null): string[] {
  const lines = [`${kind}: ${what}`, `  matters ${why}`];
  if (repair !== undefined && isDue) lines.push(`  would   ${repair.words}`);
  else if (repair !== undefined && held === null) lines.push(`  could   ${repair.words}`);
  if (help !== '') lines.push(`  help    ${help}`);
  return lines;
}

function summaryOf({ findings, repaired }: FsckReport): string {
  const faults = findings.filter(isFault).length;
  const kept = findings.length - faults;
  const parts = [faults === 0 ? 'Nothing is wrong' : faults === 1 ? '1 thing is wrong' : `${faults} things are wrong`];
  if (kept > 0)
    parts.push(`volumes of ${kept === 1 ? '1 bot' : `${kept} bots`} that the commit does not name are kept`);
  const count = (state: string) => repaired.filter((each) => each.state === state).length;
  for (const [state, words] of STATES) if (count(state) > 0) parts.push(`${count(state)} ${words}`);
  return `${parts.join('; ')}.`;
}

const STATES = [
  ['done', 'repaired'],
  ['failed', 'not repaired'],
  ['waiting', 'begun and not finished'],
] as const;

/** What `claworc fsck --json` prints: no live object, no value of a Secret. */
export function fsckData(report: FsckReport) {
  const { findings, repairable, repaired, ...place } = report;
  const told = ({ repair, ...finding }: Finding) => ({ ...finding, repair: repair?.words ?? null });
  return {
    ...place,
    clean: !findings.some(isFault),
    findings: findings.map((each) => ({ ...told(each), isFault: isFault(each), isDue: repairable.includes(each) })),
    repaired: repaired.map(({ finding, state, reason }) => ({ ...told(finding), state, reason })),
  };
}
