/** A row of a diff. Line numbers are 1-based and absent on the side that lacks the line. */
export interface DiffRow {
  readonly kind: 'same' | 'add' | 'del' | 'gap';
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
  /** Part of `text` that differs from its partner line: [from, to). */
  readonly mark?: readonly [from: number, to: number];
}

export interface PatchCount {
  readonly added: number;
  readonly removed: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The rows of a unified diff of one file; `gap` stands where equal lines are left out. */
export function patchRows(patch: string): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let before = 0;
  let after = 0;
  let inHunk = false;
  for (const line of patch.split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      const first = Number(hunk[2]);
      if (rows.length > 0 || first > 1) rows.push({ kind: 'gap', before: null, after: null, text: '' });
      before = Number(hunk[1]);
      after = first;
      inHunk = true;
    } else if (inHunk && line.startsWith('+')) {
      rows.push({ kind: 'add', before: null, after: after++, text: line.slice(1) });
    } else if (inHunk && line.startsWith('-')) {
      rows.push({ kind: 'del', before: before++, after: null, text: line.slice(1) });
    } else if (inHunk && line.startsWith(' ')) {
      rows.push({ kind: 'same', before: before++, after: after++, text: line.slice(1) });
    } else if (!line.startsWith('\\')) {
      inHunk = false;
    }
  }
  return markPairs(rows);
}

export function countPatch(patch: string): PatchCount {
  const rows = patchRows(patch);
  return {
    added: rows.filter((row) => row.kind === 'add').length,
    removed: rows.filter((row) => row.kind === 'del').length,
  };
}

/** Sum of the counts of several patches; what isn't here counts for nothing. */
export function countPatches(patches: readonly (string | null)[]): PatchCount {
  return patches
    .map((patch) => countPatch(patch ?? ''))
    .reduce((sum, one) => ({ added: sum.added + one.added, removed: sum.removed + one.removed }), {
      added: 0,
      removed: 0,
    });
}

/** Where a removed line has one added line for partner, marks what differs between the two. */
export function markPairs(rows: readonly DiffRow[]): readonly DiffRow[] {
  const marked = [...rows];
  let index = 0;
  while (index < marked.length) {
    if (marked[index]?.kind !== 'del') {
      index += 1;
      continue;
    }
    let end = index;
    while (marked[end]?.kind === 'del') end += 1;
    let last = end;
    while (marked[last]?.kind === 'add') last += 1;
    const pairs = Math.min(end - index, last - end);
    for (let pair = 0; pair < pairs; pair += 1) {
      const old = marked[index + pair];
      const young = marked[end + pair];
      if (old === undefined || young === undefined) continue;
      const [oldMark, youngMark] = differingPart(old.text, young.text);
      if (oldMark === null || youngMark === null) continue;
      marked[index + pair] = { ...old, mark: oldMark };
      marked[end + pair] = { ...young, mark: youngMark };
    }
    index = last;
  }
  return marked;
}

type Span = readonly [from: number, to: number];

/** What is left of two lines without their common beginning and end, widened to whole words; null where too little is common. */
export function differingPart(a: string, b: string): readonly [Span | null, Span | null] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const isWord = (text: string, at: number): boolean => /[\w.:/-]/.test(text[at] ?? '');
  while (start > 0 && isWord(a, start - 1) && a[start - 1] !== ':') start -= 1;
  while (end > 0 && isWord(a, a.length - end)) end -= 1;
  if (a.slice(0, start).trim() === '' && a.slice(a.length - end).trim() === '') return [null, null];
  return [
    [start, a.length - end],
    [start, b.length - end],
  ];
}
