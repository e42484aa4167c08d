/** What stands before a text that was cut. */
const CUT = '\n\n…';

/**
 * A text that fits: cut at a line of its own, outside of fenced blocks and `<details>`, with `rest` (a link to the whole)
 * below it. A text that fits stays as it is.
 */
export function fitText(text: string, limit: number, rest: string): string {
  if (text.length <= limit) return text;
  const room = limit - CUT.length - rest.length - 1;
  let fence: string | null = null;
  let folds = 0;
  let length = 0;
  let end = 0;
  for (const line of text.split('\n')) {
    length += line.length + 1;
    if (length > room) break;
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence) && line.trim() === mark) fence = null;
    }
    if (fence === null && mark === undefined) {
      folds += count(line, /<details\b/gi) - count(line, /<\/details>/gi);
    }
    if (fence === null && folds <= 0) end = length;
  }
  return `${text.slice(0, end).trimEnd()}${CUT} ${rest}`;
}

function count(line: string, pattern: RegExp): number {
  return line.match(pattern)?.length ?? 0;
}
