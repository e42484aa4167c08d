import type { FleetStanding, UnitStanding } from './status-repo.ts';

const RESULT_WORDS = {
  ready: 'all is as it says',
  not_yet: 'not all is as it says yet',
  failed: 'something failed',
} as const satisfies Record<FleetStanding['result'], string>;

const HEAD = ['UNIT', 'READY', 'SYNC', 'STATUS', 'SINCE', 'REASON'] as const;
/** Between two columns. */
const GAP = '  ';

/** A fleet as people read it on a terminal; `now` in ms since the epoch. */
export function formatStanding(fleet: FleetStanding, now: number): string {
  const { commit, runs, context, server, namespace, notes, units, result } = fleet;
  const rows = [HEAD, ...units.map((unit) => rowOf(unit, now))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  const ready = units.filter(({ conditions }) => conditions[0]?.status === 'True').length;
  return [
    `Namespace ${namespace ?? '(none)'} on ${context} (${server}), against ${short(commit)}; it was last brought to ${runsWords(runs, commit)}`,
    '',
    ...table,
    '',
    ...notes.map((note) => `${note}.`),
    `${ready} of ${units.length} units are ready: ${RESULT_WORDS[result]}.`,
  ].join('\n');
}

function rowOf({ unit, conditions, sync, reason, status, statusReason }: UnitStanding, now: number): readonly string[] {
  const [ready] = conditions;
  const why = [...new Set([reason, statusReason])].filter((words) => words !== '').join('; ');
  const since = ready?.since ?? null;
  return [unit, ready?.status ?? '', sync, status ?? '', since === null ? '' : age(now - Date.parse(since)), why];
}

/** `45s`, `12m`, `3h`, `8d`, as kubectl says it. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const short = (commit: string): string => commit.slice(0, 7);

const runsWords = (runs: string | null, commit: string): string =>
  runs === null ? 'no commit of ours' : runs === commit ? 'that commit' : short(runs);
