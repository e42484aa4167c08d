/** Kinds of age recipients that keys can be sealed for here: bytes by the part before the last `1`. */
const KINDS: Readonly<Record<string, number>> = { age: 32, age1pq: 1216, age1tag: 33, age1tagpq: 1249 };

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM = 6;

/**
 * Why nothing can be sealed for this text, for people; undefined for a recipient that is whole. An age recipient is Bech32
 * (BIP 173, without its limit of 90 characters): a kind, and bytes with a checksum that mistyping breaks.
 */
export function recipientIssue(recipient: string): string | undefined {
  const end = recipient.lastIndexOf('1');
  const kind = recipient.slice(0, end);
  const size = KINDS[kind];
  if (size === undefined) {
    return `is of the kind "${kind}", which needs a plugin of age: nothing can be sealed for it here. Name a recipient that age-keygen made`;
  }
  const values = Array.from(recipient.slice(end + 1), (character) => CHARSET.indexOf(character));
  if (values.includes(-1) || checksumOf([...expanded(kind), ...values]) !== 1) {
    return 'is mistyped or cut off: its checksum does not hold';
  }
  const bytes = Math.floor(((values.length - CHECKSUM) * 5) / 8);
  return bytes === size ? undefined : `holds ${bytes} bytes, and a recipient of this kind has ${size}`;
}

function expanded(kind: string): readonly number[] {
  const codes = Array.from(kind, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksumOf(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATORS.entries()) if ((top >> bit) & 1) sum ^= generator;
  }
  return sum;
}
