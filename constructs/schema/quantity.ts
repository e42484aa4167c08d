/**
 * Kubernetes quantities, by the rules of apimachinery `resource.Quantity`, for the plain (not exponent) notation that
 * records allow. Values are exact: a bigint of thousandths.
 */
const DECIMAL: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1_000n,
  M: 1_000_000n,
  G: 1_000_000_000n,
  T: 1_000_000_000_000n,
  P: 1_000_000_000_000_000n,
  E: 1_000_000_000_000_000_000n,
};
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const FORM = /^(\d+)(?:\.(\d+))?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** The value in thousandths, or undefined for text that is no quantity or is finer than a thousandth. */
export function parseQuantity(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, whole = '0', fraction = '', suffix = ''] = match;
  const digits = BigInt(whole + fraction);
  const factor = suffix === 'm' ? 1n : 1_000n * (DECIMAL[suffix] ?? BINARY[suffix] ?? 1n);
  const scaled = digits * factor;
  const divisor = 10n ** BigInt(fraction.length);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

/** Negative, zero or positive, as `a` is below, equal to or above `b`. Both must parse. */
export function compareQuantities(a: string, b: string): number {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  if (left === undefined || right === undefined) throw new RangeError(`no quantity: ${left === undefined ? a : b}`);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The form that the API server stores, so that applying it again changes nothing: the largest suffix of the same
 * family (binary stays binary) that leaves a whole number; `2000m` gives `2`, `1024Mi` gives `1Gi`, `0.5` gives `500m`.
 */
export function canonicalQuantity(text: string): string {
  const value = parseQuantity(text);
  if (value === undefined) throw new RangeError(`no quantity: ${text}`);
  if (value === 0n) return '0';
  const family = text.endsWith('i') ? BINARY : DECIMAL;
  const suffixes = Object.entries(family).reverse();
  for (const [suffix, factor] of suffixes) {
    const unit = factor * 1_000n;
    if (value % unit === 0n) return `${value / unit}${suffix}`;
  }
  return value % 1_000n === 0n ? `${value / 1_000n}` : `${value}m`;
}
