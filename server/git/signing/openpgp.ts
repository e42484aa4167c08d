/** The bytes of an armoured OpenPGP text (RFC 4880, 6.2), undefined for one that is none. */
export function dearmour(text: string, what: 'SIGNATURE' | 'MESSAGE' | 'PUBLIC KEY BLOCK'): Buffer | undefined {
  const lines = text.trim().split(/\r?\n/);
  if (lines[0]?.trim() !== `-----BEGIN PGP ${what}-----` || lines.at(-1)?.trim() !== `-----END PGP ${what}-----`) {
    return undefined;
  }
  const body = lines.slice(1, -1);
  const blank = body.findIndex((line) => line.trim() === '');
  const base64 = body.slice(blank + 1).filter((line) => !line.startsWith('='));
  const joined = base64.join('').replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(joined) ? Buffer.from(joined, 'base64') : undefined;
}

/**
 * A detached signature and what it is of as one signed message: gpg takes one detached signature at a time, and of
 * messages as many as there are.
 */
export function signedMessage(signature: Buffer, payload: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('b\0\0\0\0\0', 'latin1'), payload]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([signature, Buffer.of(0xcb, 0xff), length, body]);
}

/**
 * Whether bytes are one signature of a document (type 0) and nothing else. Anything beside it, such as a message that is
 * signed rightly, would be judged in the place of the payload.
 */
export function isOneSignature(bytes: Buffer): boolean {
  const tag = bytes[0] ?? 0;
  let start: number;
  let length: number;
  if (tag >> 6 === 3) {
    const first = bytes[1] ?? 0;
    const isTwo = first >= 192 && first < 224;
    const isFive = first === 255;
    if (bytes.length < 6 || (first >= 224 && !isFive)) return false;
    start = isFive ? 6 : isTwo ? 3 : 2;
    length = isFive ? bytes.readUInt32BE(2) : isTwo ? ((first - 192) << 8) + (bytes[2] ?? 0) + 192 : first;
    if ((tag & 63) !== 2) return false;
  } else {
    const size = [1, 2, 4, 0][tag & 3] ?? 0;
    if (tag >> 6 !== 2 || ((tag >> 2) & 15) !== 2 || size === 0 || bytes.length < 6) return false;
    start = 1 + size;
    length = bytes.readUIntBE(1, size);
  }
  const [version, type] = [bytes[start], bytes[start + 1]];
  return start + length === bytes.length && (version === 4 || version === 5) && type === 0;
}
