import { gapsBetween } from './align.ts';

/** Lines `from` to `to` of the base, and what stands there instead. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * Lays the lines that `mine` changed since `base` on `theirs`; undefined where both changed the same lines differently, or
 * the texts are too long to compare. What the result says is not looked at.
 */
export function mergeLines(base: string, theirs: string, mine: string): string | undefined {
  const before = linesOf(base);
  const [left, right] = [hunksOf(before, linesOf(theirs)), hunksOf(before, linesOf(mine))];
  if (left === undefined || right === undefined) return undefined;
  const hunks = [...left];
  for (const hunk of right) {
    const beside = left.filter((other) => meets(hunk, other));
    if (beside.length === 0) hunks.push(hunk);
    else if (beside.some((other) => !isSame(hunk, other))) return undefined;
  }
  // At one place what was only added stands before what was changed, and theirs before mine.
  hunks.sort((a, b) => a.from - b.from || a.to - b.to);
  const merged: string[] = [];
  let at = 0;
  for (const { from, to, lines } of hunks) {
    merged.push(...before.slice(at, from), ...lines);
    at = to;
  }
  return [...merged, ...before.slice(at)].join('');
}

/** Each with its line end, which the last one gets where it has none. */
function linesOf(text: string): readonly string[] {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return whole.split(/(?<=\n)/);
}

function hunksOf(before: readonly string[], after: readonly string[]): readonly Hunk[] | undefined {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    [endBefore, endAfter] = [endBefore - 1, endAfter - 1];
  }
  const gaps = gapsBetween(before.slice(start, endBefore), after.slice(start, endAfter));
  return gaps?.map((gap) => ({
    from: start + gap.before.from,
    to: start + gap.before.to,
    lines: after.slice(start + gap.after.from, start + gap.after.to),
  }));
}

/** Whether two hunks are about the same lines. Lines that both added at one place are not. */
function meets(one: Hunk, other: Hunk): boolean {
  const isSamePlace = one.from === other.from && one.to === other.to;
  return isSamePlace ? one.from < one.to || isSame(one, other) : one.from < other.to && other.from < one.to;
}

function isSame(one: Hunk, other: Hunk): boolean {
  return one.from === other.from && one.to === other.to && one.lines.join('') === other.lines.join('');
}
