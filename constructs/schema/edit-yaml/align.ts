/** A run of items that differ: `before` and `after` are what the lists have in one another's place there. */
export interface Gap {
  readonly before: { readonly from: number; readonly to: number };
  readonly after: { readonly from: number; readonly to: number };
}

/** Lists beyond it are not compared item by item. */
const MAX_PRODUCT = 1_000_000;

/** Where two lists differ, by their longest common part; undefined for lists that are too long for it. */
export function gapsBetween(before: readonly string[], after: readonly string[]): readonly Gap[] | undefined {
  if (before.length * after.length > MAX_PRODUCT) return undefined;
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const gaps: Gap[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [fromI, fromJ] = [i, j];
    while ((i < before.length || j < after.length) && !(i < before.length && before[i] === after[j])) {
      if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) i++;
      else j++;
    }
    if (i > fromI || j > fromJ) gaps.push({ before: { from: fromI, to: i }, after: { from: fromJ, to: j } });
    while (i < before.length && j < after.length && before[i] === after[j]) [i, j] = [i + 1, j + 1];
  }
  return gaps;
}
