/**
 * True where one resourceVersion of a kind comes before another: they are numbers that grow (KEP-5504). One that is no
 * number says nothing.
 */
export const isBehind = (resourceVersion: string, other: string): boolean => {
  const [a, b] = [resourceVersion, other].map((text) => (/^\d+$/.test(text) ? BigInt(text) : undefined));
  return a !== undefined && b !== undefined && a < b;
};
