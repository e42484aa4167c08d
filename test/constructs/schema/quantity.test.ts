import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalQuantity, compareQuantities, parseQuantity } from '../../../constructs/schema/index.ts';

const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti');
const quantity = fc
  .tuple(fc.nat(100_000), fc.option(fc.nat(99)), suffix)
  .map(([whole, fraction, unit]) => `${whole}${fraction === null ? '' : `.${fraction}`}${unit}`)
  .filter((text) => parseQuantity(text) !== undefined);

describe('canonicalQuantity', () => {
  // What the API server stores for each; checked against a real one by accepted.cluster.test.ts.
  it.each([
    ['2000m', '2'],
    ['500m', '500m'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000Ki', '1000Ki'],
    ['4Gi', '4Gi'],
    ['1000M', '1G'],
    ['1500M', '1500M'],
    ['1000000', '1M'],
    ['1k', '1k'],
    ['0.5Ki', '512'],
    ['0', '0'],
    ['0Gi', '0'],
    ['0010', '10'],
  ])('gives %s as %s', (typed, stored) => {
    expect(canonicalQuantity(typed)).toBe(stored);
  });

  it('keeps the value, and is its own canonical form', () => {
    fc.assert(
      fc.property(quantity, (text) => {
        const canonical = canonicalQuantity(text);

        expect(parseQuantity(canonical)).toBe(parseQuantity(text));
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('compareQuantities', () => {
  it('orders by value, across units', () => {
    expect(['1Gi', '1G', '1000m', '1Mi', '2'].toSorted(compareQuantities)).toEqual(['1000m', '2', '1Mi', '1G', '1Gi']);
  });

  it.each(['', 'x', '1 Gi', '-1', '1e3', '.5', '5.', '1GB', '0.0001', '1mi'])(
    'knows that %j is no quantity',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );
});
