/** Reads the fields of OpenSSH's binary formats one after another (RFC 4251, section 5). Throws `RangeError` past the end. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  raw(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RangeError('a field is longer than what holds it');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.raw(1).readUInt8();
  }

  uint32(): number {
    return this.raw(4).readUInt32BE();
  }

  string(): Buffer {
    return this.raw(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** A number that is not negative, without leading zeros. */
  mpint(): Buffer {
    const bytes = this.string();
    const start = bytes.findIndex((byte) => byte !== 0);
    return start < 0 ? bytes.subarray(0, 0) : bytes.subarray(start);
  }
}

/** A text or bytes behind their length. */
export function wireString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A number that is not negative. */
export function wireNumber(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? new Uint8Array() : bytes.subarray(start);
  return wireString((digits[0] ?? 0) >= 128 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}
