/** New text in the place of some of the old. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after all splices; undefined where two of them are about the same characters. */
export function applySplices(text: string, splices: readonly Splice[]): string | undefined {
  const inOrder = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const { start, end, text: added } of inOrder) {
    if (start < at) return undefined;
    result += text.slice(at, start) + added;
    at = end;
  }
  return result + text.slice(at);
}

/** Offset of the first character of the line that `offset` is in. */
export function lineStart(text: string, offset: number): number {
  // `lastIndexOf` takes -1 for 0.
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the line end after `offset`; `offset` itself where a line has just ended. */
export function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The column of an offset, counted from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Whether only spaces stand before `offset` in its line. */
export function isFirstInLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** Whether nothing but a comment stands between `offset` and the end of its line. */
export function isLastInLine(text: string, offset: number): boolean {
  const rest = text.slice(offset, lineEnd(text, offset)).trim();
  return rest === '' || rest.startsWith('#');
}

/** Lines in the place of others. Blank lines that follow are taken out where a text at the end would make them its own. */
export function replacement(text: string, start: number, end: number, lines: string): Splice {
  let to = end;
  while (lines.endsWith('\n\n') && to < text.length && text.slice(to, lineEnd(text, to + 1)).trim() === '') {
    to = lineEnd(text, to + 1);
  }
  return { start, end: to, text: lines };
}

/** Every line moved to the right; blank ones stay as they are. */
export function indent(lines: string, columns: number): string {
  return columns === 0 ? lines : lines.replace(/^(?=[^\n])/gm, ' '.repeat(columns));
}

/** Every line moved to the left, as far as it has spaces there. */
export function dedent(lines: string, columns: number): string {
  return columns === 0 ? lines : lines.replace(new RegExp(`^ {1,${columns}}`, 'gm'), '');
}

/**
 * What goes when the entry of a block that stands in the lines from `start` to `end` goes: with the comment right above
 * it (but for that of a first entry, which is about the whole block), what is commented out below it, and blank lines
 * that would meet others.
 */
export function removal(text: string, start: number, end: number, isFirst: boolean): Splice {
  const column = columnOf(text, start);
  let from = lineStart(text, start);
  while (!isFirst && from > 0) {
    const above = lineStart(text, from - 1);
    const line = text.slice(above, from);
    if (!line.trim().startsWith('#') || line.search(/\S/) !== column) break;
    from = above;
  }
  let to = end;
  while (to < text.length) {
    const line = text.slice(to, lineEnd(text, to + 1));
    if (!line.trim().startsWith('#') || line.search(/\S/) <= column) break;
    to += line.length;
  }
  const isBlankBelow = to >= text.length || text.slice(to, lineEnd(text, to + 1)).trim() === '';
  while (isBlankBelow && from > 0) {
    const above = lineStart(text, from - 1);
    if (text.slice(above, from).trim() !== '') break;
    from = above;
  }
  return { start: from, end: to, text: '' };
}
