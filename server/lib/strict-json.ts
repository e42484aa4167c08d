/** Where JSON text is wrong; 1-based. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** What is wrong there, in words, without the place. */
  readonly message: string;
}

export type JsonResult = { readonly ok: true; readonly value: unknown } | ({ readonly ok: false } & JsonFault);

const MAX_DEPTH = 200;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Fault extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * JSON by RFC 8259 and stricter than `JSON.parse`: a key that an object names twice is refused (RFC 8259 section 4
 * leaves it open and parsers differ), so are `__proto__`, lone surrogates (they have no UTF-8) and nesting over 200.
 * The fault names the place, which `JSON.parse` does not always.
 */
export function parseStrictJson(text: string): JsonResult {
  try {
    return { ok: true, value: new Reader(text).document() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, message: error.message, ...placeOf(text, error.at) };
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(0);
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
    return value;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Fault(this.#at, `nested more than ${MAX_DEPTH} deep`);
    this.#match(SPACE);
    const value = this.#bare(depth);
    this.#match(SPACE);
    return value;
  }

  #bare(depth: number): unknown {
    switch (this.#text[this.#at] ?? '') {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#at++;
    this.#match(SPACE);
    if (this.#take('}')) return {};
    for (;;) {
      this.#match(SPACE);
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (entries.has(key)) throw new Fault(start, `the key ${JSON.stringify(key)} is there twice`);
      if (key === '__proto__') throw new Fault(start, 'the key "__proto__" is not allowed');
      this.#match(SPACE);
      if (!this.#take(':')) throw this.#unexpected('":"');
      entries.set(key, this.#value(depth + 1));
      if (this.#take('}')) return Object.fromEntries(entries);
      if (!this.#take(',')) throw this.#unexpected('"," or "}"');
    }
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#at++;
    this.#match(SPACE);
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at++;
    let value = '';
    for (;;) {
      value += this.#plain();
      const character = this.#text[this.#at];
      if (character === '\\') value += this.#escape();
      else if (this.#take('"')) break;
      else if (character === undefined) throw new Fault(start, 'this string does not end');
      else throw new Fault(this.#at, 'a line break or control character inside a string must be escaped');
    }
    if (!value.isWellFormed()) throw new Fault(start, 'half of a surrogate pair in this string');
    return value;
  }

  #plain(): string {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code < 0x20 || code === QUOTE || code === BACKSLASH) break;
    }
    return this.#text.slice(start, this.#at);
  }

  #escape(): string {
    const start = this.#at++;
    const letter = this.#text[this.#at++] ?? '';
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Fault(start, 'four hexadecimal digits must follow \\u');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = ESCAPES[letter];
    if (plain === undefined) throw new Fault(start, `\\${letter} is no escape of JSON`);
    return plain;
  }

  #word(word: string, value: unknown): unknown {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected('a value');
    this.#at += word.length;
    return value;
  }

  #number(): number {
    const digits = this.#match(NUMBER);
    if (digits === '') throw this.#unexpected('a value');
    const value = Number(digits);
    if (!Number.isFinite(value)) throw new Fault(this.#at - digits.length, 'this number is too large');
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): Fault {
    const character = this.#text.codePointAt(this.#at);
    const seen =
      character === undefined ? 'the text ends' : `${JSON.stringify(String.fromCodePoint(character))} is found`;
    return new Fault(this.#at, `${seen} where ${wanted} should be`);
  }
}
