import { createHash } from 'node:crypto';

/** Whole numbers from 0 to below `limit`, the same ones for the same name. */
export function wholeNumbers(name: string): (limit: number) => number {
  let count = 0;
  return (limit) =>
    createHash('sha256')
      .update(`${name} ${(count += 1)}`)
      .digest()
      .readUInt32BE() % limit;
}

export function shuffled<T>(values: readonly T[], numbers: (limit: number) => number): T[] {
  const left = [...values];
  return values.flatMap(() => left.splice(numbers(left.length), 1));
}
