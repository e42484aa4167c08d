/** The first thing that is wrong with a text that ought to be one JSON object. Line and column are 1-based. */
export interface JsonProblem {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

class Found extends Error {
  readonly offset: number;
  readonly length: number;
  constructor(message: string, offset: number, length: number) {
    super(message);
    this.offset = offset;
    this.length = length;
  }
}

const DEPTH = 200;

/**
 * Checks by RFC 8259, and what the server refuses besides: a key that is there twice, a value that is no object. The
 * engine's own parser words and places its errors differently in each browser; this one speaks to people.
 */
export function checkJson(text: string): JsonProblem | null {
  try {
    new Checker(text).document();
    return null;
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    const before = text.slice(0, error.offset);
    const line = before.split('\n').length;
    return {
      offset: error.offset,
      length: error.length,
      line,
      column: error.offset - (before.lastIndexOf('\n') + 1) + 1,
      message: error.message,
    };
  }
}

class Checker {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#space();
    if (this.#text.trim() === '') throw new Found('the text is empty; the smallest config is {}', 0, 0);
    if (this.#text[this.#at] !== '{')
      throw new Found('a config is one JSON object: it has to begin with {', this.#at, 1);
    this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw new Found('text after the end of the object', this.#at, 1);
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? '?')) this.#at += 1;
    if (this.#text[this.#at] === '/') throw new Found('JSON has no comments', this.#at, 2);
  }

  #value(): void {
    const char = this.#text[this.#at];
    if (char === '{') this.#object();
    else if (char === '[') this.#array();
    else if (char === '"') this.#string();
    else if (char === undefined) throw new Found('the text ends where a value has to be', this.#at, 0);
    else this.#literal();
  }

  #object(): void {
    const open = this.#enter();
    const keys = new Set<string>();
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#leave();
      return;
    }
    for (;;) {
      const start = this.#at;
      const key = this.#key(open);
      if (keys.has(key)) throw new Found(`the key "${key}" is there twice`, start, this.#at - start);
      keys.add(key);
      this.#space();
      if (this.#text[this.#at] !== ':') throw new Found(`expected a colon after "${key}"`, this.#at, 1);
      this.#at += 1;
      this.#space();
      this.#value();
      if (this.#more('}', open)) continue;
      return;
    }
  }

  #key(open: number): string {
    if (this.#text[this.#at] === undefined) throw this.#unclosed(open, '}');
    if (this.#text[this.#at] !== '"') throw new Found('expected a key in double quotes', this.#at, 1);
    return this.#string();
  }

  #array(): void {
    const open = this.#enter();
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#leave();
      return;
    }
    do this.#value();
    while (this.#more(']', open));
  }

  /** After an element: true when another one follows, false when the end was there. */
  #more(end: '}' | ']', open: number): boolean {
    const stop = this.#at;
    this.#space();
    const char = this.#text[this.#at];
    if (char === end) {
      this.#leave();
      return false;
    }
    if (char === ',') {
      const comma = this.#at;
      this.#at += 1;
      this.#space();
      if (this.#text[this.#at] === end) throw new Found(`no comma may stand before the closing ${end}`, comma, 1);
      return true;
    }
    if (char === undefined) throw this.#unclosed(open, end);
    const word = /^("(?:[^"\\\n]|\\.)*"?|[\w.-]+)/.exec(this.#text.slice(this.#at))?.[0] ?? char;
    const line = this.#text.slice(0, stop).split('\n').length;
    throw new Found(
      `expected a comma before ${word}. The ${end === '}' ? 'property' : 'element'} on line ${line} has to end with one.`,
      this.#at,
      word.length,
    );
  }

  #enter(): number {
    this.#depth += 1;
    if (this.#depth > DEPTH) throw new Found(`nested deeper than ${DEPTH} levels`, this.#at, 1);
    this.#at += 1;
    return this.#at - 1;
  }

  #leave(): void {
    this.#depth -= 1;
    this.#at += 1;
  }

  #unclosed(open: number, end: string): Found {
    const line = this.#text.slice(0, open).split('\n').length;
    return new Found(`the ${this.#text[open] ?? ''} of line ${line} has no closing ${end}`, this.#text.length, 0);
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') {
        throw new Found('this string has no closing quote', start, this.#at - start);
      }
      if (char === '"') break;
      if (char < ' ') throw new Found('a control character has to be written as an escape', this.#at, 1);
      this.#at += char === '\\' ? this.#escape() : 1;
    }
    this.#at += 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  /** Length of the escape at this place. */
  #escape(): number {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === 'u' && /^[0-9a-fA-F]{4}$/.test(this.#text.slice(this.#at + 2, this.#at + 6))) return 6;
    if (next !== '' && '"\\/bfnrt'.includes(next)) return 2;
    throw new Found(`\\${next} is no escape that JSON knows`, this.#at, 2);
  }

  #literal(): void {
    const word = /^[^\s,:{}[\]"]+/.exec(this.#text.slice(this.#at))?.[0] ?? this.#text[this.#at] ?? '';
    const good = ['true', 'false', 'null'].includes(word) || /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word);
    if (good) {
      this.#at += word.length;
      return;
    }
    const hint = word.startsWith("'") ? 'strings stand in double quotes' : `${word} is no value that JSON knows`;
    throw new Found(hint, this.#at, word.length);
  }
}
