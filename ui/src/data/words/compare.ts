import { diffArrays } from 'diff';
import { linesOf } from '../text/lines.ts';
import { differingPart, markPairs, type DiffRow } from '../text/patch.ts';

/** All rows of two texts, equal lines included. */
export function compareTexts(before: string, after: string): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let old = 1;
  let young = 1;
  for (const part of diffArrays([...linesOf(before)], [...linesOf(after)])) {
    for (const text of part.value) {
      if (part.added) rows.push({ kind: 'add', before: null, after: young++, text });
      else if (part.removed) rows.push({ kind: 'del', before: old++, after: null, text });
      else rows.push({ kind: 'same', before: old++, after: young++, text });
    }
  }
  return markPairs(rows);
}

/** A run of equal rows that is shown folded, or a run of rows that is shown. */
export type Stretch<Row> =
  { readonly folded: true; readonly rows: readonly Row[] } | { readonly folded: false; readonly rows: readonly Row[] };

/** Folds runs of equal rows that are further than `context` rows from a change; short runs are not worth a fold. */
export function foldEqual<Row>(rows: readonly Row[], isEqual: (row: Row) => boolean, context = 3): Stretch<Row>[] {
  const near = rows.map((row, index) => {
    if (!isEqual(row)) return true;
    for (let distance = 1; distance <= context; distance += 1) {
      const before = rows[index - distance];
      const after = rows[index + distance];
      if ((before !== undefined && !isEqual(before)) || (after !== undefined && !isEqual(after))) return true;
    }
    return false;
  });
  const stretches: Stretch<Row>[] = [];
  let from = 0;
  for (let index = 1; index <= rows.length; index += 1) {
    if (index < rows.length && near[index] === near[from]) continue;
    const part = rows.slice(from, index);
    stretches.push({ folded: near[from] === false && part.length > 3, rows: part });
    from = index;
  }
  return stretches;
}

/** A cell of a comparison in columns; null where that version lacks the line. */
export interface Cell {
  readonly number: number;
  readonly text: string;
  readonly sign: '' | '+' | '−' | '≠';
  readonly mark?: readonly [from: number, to: number];
}

export type ColumnRow = readonly (Cell | null)[];

interface Aligned {
  /** Lines of the other text that stand before main's line `index`. */
  readonly inserted: ReadonlyMap<number, readonly Cell[]>;
  /** Per line of main its partner; null where the other text lacks it. */
  readonly partner: readonly (Cell | null)[];
}

function align(main: readonly string[], other: readonly string[], sign: '+' | '≠'): Aligned {
  const inserted = new Map<number, Cell[]>();
  const partner: (Cell | null)[] = [];
  let mainAt = 0;
  let otherAt = 0;
  let pending: Cell[] = [];
  const flush = (): void => {
    if (pending.length > 0) inserted.set(mainAt, [...(inserted.get(mainAt) ?? []), ...pending]);
    pending = [];
  };
  const parts = diffArrays([...main], [...other]);
  for (const [index, part] of parts.entries()) {
    if (part.added) {
      for (const text of part.value) pending.push({ number: ++otherAt, text, sign });
      flush();
    } else if (part.removed) {
      const next = parts[index + 1];
      const replaced = next?.added === true ? next.value : [];
      for (const [offset] of part.value.entries()) {
        const text = replaced[offset];
        partner.push(text === undefined ? null : withMark(main[mainAt] ?? '', { number: ++otherAt, text, sign }));
        mainAt += 1;
      }
      if (next?.added === true) next.value = next.value.slice(part.value.length);
    } else {
      for (const text of part.value) {
        partner.push({ number: ++otherAt, text, sign: '' });
        mainAt += 1;
      }
    }
  }
  return { inserted, partner };
}

function withMark(mainText: string, cell: Cell): Cell {
  const [, mark] = differingPart(mainText, cell.text);
  return mark === null ? cell : { ...cell, mark };
}

/**
 * Live, main and draft side by side, aligned on the lines of main: `≠` where live differs (drift), `−` and `+` where the
 * draft does. A text that is null leaves its column empty.
 */
export function threeColumns(live: string | null, main: string, draft: string | null): readonly ColumnRow[] {
  const mainLines = linesOf(main);
  const left = live === null ? null : align(mainLines, linesOf(live), '≠');
  const right = draft === null ? null : align(mainLines, linesOf(draft), '+');
  const rows: ColumnRow[] = [];
  const insertions = (at: number): void => {
    for (const cell of right?.inserted.get(at) ?? []) rows.push([null, null, cell]);
    for (const cell of left?.inserted.get(at) ?? []) rows.push([cell, null, null]);
  };
  for (const [index, text] of mainLines.entries()) {
    insertions(index);
    const drafted = right?.partner[index];
    const sign = right !== null && (drafted === null || drafted?.sign === '+') ? '−' : '';
    const [mark] = drafted?.sign === '+' ? differingPart(text, drafted.text) : [null];
    const middle: Cell = { number: index + 1, text, sign, ...(mark === null ? {} : { mark }) };
    rows.push([left?.partner[index] ?? null, middle, drafted ?? null]);
  }
  insertions(mainLines.length);
  return rows;
}

/** Whether all columns say the same in this row. */
export function isEqualRow(row: ColumnRow): boolean {
  return (
    row.every((cell) => cell === null || cell.sign === '') && !row.some((cell, index) => cell === null && index === 1)
  );
}
