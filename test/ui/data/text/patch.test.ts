import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTexts, foldEqual, threeColumns } from '../../../../ui/src/data/words/compare.ts';
import { linesOf } from '../../../../ui/src/data/text/lines.ts';
import { countPatch, patchRows } from '../../../../ui/src/data/text/patch.ts';

const PATCH = `diff --git a/x.yaml b/x.yaml
index 1..2 100644
--- a/x.yaml
+++ b/x.yaml
@@ -1,3 +1,3 @@
 kind: Deployment
-  memory: 4Gi
+  memory: 6Gi
 spec:
@@ -20,2 +20,3 @@ spec:
 env:
+  - name: TZ
 end:
\\ No newline at end of file
`;

describe('a unified diff', () => {
  test('becomes rows with the numbers of both sides, and gaps where lines are left out', () => {
    expect(patchRows(PATCH).map((row) => [row.kind, row.before, row.after, row.text])).toEqual([
      ['same', 1, 1, 'kind: Deployment'],
      ['del', 2, null, '  memory: 4Gi'],
      ['add', null, 2, '  memory: 6Gi'],
      ['same', 3, 3, 'spec:'],
      ['gap', null, null, ''],
      ['same', 20, 20, 'env:'],
      ['add', null, 21, '  - name: TZ'],
      ['same', 21, 22, 'end:'],
    ]);
    expect(countPatch(PATCH)).toEqual({ added: 2, removed: 1 });
  });

  test('marks the word that differs', () => {
    const marked = patchRows(PATCH).flatMap((row) => (row.mark === undefined ? [] : [row.text.slice(...row.mark)]));
    expect(marked).toEqual(['4Gi', '6Gi']);
  });
});

const text = fc
  .array(fc.constantFrom('a: 1', 'b: 2', 'b: 3', '  c:', 'd'), { maxLength: 12 })
  .map((lines) => lines.join('\n'));

test('the rows of two texts are the two texts', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const rows = compareTexts(before, after);
      expect(rows.filter((row) => row.kind !== 'add').map((row) => row.text)).toEqual(linesOf(before));
      expect(rows.filter((row) => row.kind !== 'del').map((row) => row.text)).toEqual(linesOf(after));
    }),
  );
});

test('three columns hold each text whole and in its order, and sign exactly what differs from main', () => {
  fc.assert(
    fc.property(text, text, text, (live, main, draft) => {
      const rows = threeColumns(live, main, draft);
      const column = (index: number) => rows.flatMap((row) => row[index] ?? []);
      expect(column(0).map((cell) => cell.text)).toEqual(linesOf(live));
      expect(column(1).map((cell) => cell.text)).toEqual(linesOf(main));
      expect(column(2).map((cell) => cell.text)).toEqual(linesOf(draft));
      for (const [index, sign] of [
        [0, '≠'],
        [2, '+'],
      ] as const) {
        for (const row of rows) {
          const cell = row[index];
          if (cell === null || cell === undefined) continue;
          if (row[1]?.text !== cell.text) expect(cell.sign).toBe(sign);
          if (cell.sign === '') expect(row[1]?.text).toBe(cell.text);
        }
      }
    }),
  );
});

test('far runs of equal rows are folded, and nothing is lost', () => {
  const rows = [...Array<string>(10).fill('='), '!', ...Array<string>(10).fill('=')];
  const stretches = foldEqual(rows, (row) => row === '=');
  expect(stretches.map(({ folded, rows: part }) => [folded, part.length])).toEqual([
    [true, 7],
    [false, 7],
    [true, 7],
  ]);
});
