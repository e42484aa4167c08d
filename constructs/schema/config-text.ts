/** A syntax error in the text of clawdbot.json; `line` and `column` are 1-based. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Deeper than this the text is refused, so that no reader of it runs out of stack. */
const MAX_DEPTH = 64;

/**
 * What keeps a text from being one JSON object (RFC 8259), at the place of the first error, or null. Stricter than
 * `JSON.parse`: a key that is given twice is an error, because each reader picks another one.
 */
export function checkConfigText(text: string): ConfigProblem | null {
  const reader = new Reader(text);
  try {
    reader.document();
    return null;
  } catch (error) {
    if (error instanceof Stop) return { ...placeIn(text, error.offset), message: error.message };
    throw error;
  }
}

class Stop extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const SPACE = /[ \t\n\r]*/y;
// eslint-disable-next-line no-control-regex -- JSON strings hold no control characters
const STRING = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#space();
    if (this.#peek() === '') throw this.#stop('the config is empty; it must be a JSON object, at least {}');
    if (this.#peek() !== '{') throw this.#stop('the config must be a JSON object: it starts with "{"');
    this.#value(0);
    this.#space();
    if (this.#peek() !== '') throw this.#stop('there is more text after the end of the object');
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #stop(message: string, offset = this.#at): Stop {
    return new Stop(offset, message);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#match(SPACE);
    if (this.#text.startsWith('//', this.#at) || this.#text.startsWith('/*', this.#at)) {
      throw this.#stop('JSON has no comments');
    }
  }

  #value(depth: number): void {
    if (depth > MAX_DEPTH) throw this.#stop(`the config is nested deeper than ${MAX_DEPTH} levels`);
    const next = this.#peek();
    if (next === '{') this.#object(depth);
    else if (next === '[') this.#array(depth);
    else if (next === '"') this.#string();
    else if (next === '') throw this.#stop('the text ends where a value should follow');
    else if (this.#match(NUMBER) === undefined) this.#word();
    else if (/[\w.]/.test(this.#peek())) throw this.#stop('this is not a JSON number');
  }

  #word(): void {
    const start = this.#at;
    const word = this.#match(WORD);
    if (word === 'true' || word === 'false' || word === 'null') return;
    if (word !== undefined) throw this.#stop(`"${word.slice(0, 40)}" must be in double quotes`, start);
    if (this.#peek() === "'") throw this.#stop('JSON has no single quotes; use double quotes');
    if (this.#peek() === ']' || this.#peek() === '}') {
      throw this.#stop(`a value is missing before "${this.#peek()}"; JSON allows no comma after the last entry`);
    }
    throw this.#stop('a value must follow: an object, a list, a text in double quotes, a number, true, false or null');
  }

  #string(): string {
    const start = this.#at;
    const found = this.#match(STRING);
    if (found !== undefined) return found;
    throw this.#badString(start);
  }

  /** Says what is wrong with a string, at the character that breaks it. */
  #badString(start: number): Stop {
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const character = this.#text.charAt(at);
      if (character === '\n' || character === '\r') return this.#stop('this text has no closing quote', start);
      if (character < ' ') return this.#stop('a control character in a text must be written as an escape', at);
      if (character === '"') break;
      if (character !== '\\') continue;
      if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.#text.slice(at, at + 6))) {
        return this.#stop('JSON has no such escape', at);
      }
      at += 1;
    }
    return this.#stop('this text has no closing quote', start);
  }

  #object(depth: number): void {
    const open = this.#at;
    const seen = new Set<string>();
    this.#at += 1;
    this.#space();
    if (this.#skip('}')) return;
    for (;;) {
      this.#key(seen);
      this.#space();
      if (!this.#skip(':')) throw this.#stop('a ":" must follow the key');
      this.#space();
      this.#value(depth + 1);
      this.#space();
      if (this.#skip('}')) return;
      this.#comma('}', open);
      if (this.#peek() === '}') throw this.#stop('JSON allows no comma after the last entry');
    }
  }

  #key(seen: Set<string>): void {
    const start = this.#at;
    if (this.#peek() === '') throw this.#stop('the text ends inside an object');
    if (this.#peek() !== '"') throw this.#stop('a key in double quotes must follow');
    const key = JSON.parse(this.#string()) as string;
    if (seen.has(key)) throw this.#stop(`the key ${JSON.stringify(key.slice(0, 60))} is given twice`, start);
    seen.add(key);
  }

  #array(depth: number): void {
    const open = this.#at;
    this.#at += 1;
    this.#space();
    if (this.#skip(']')) return;
    for (;;) {
      this.#value(depth + 1);
      this.#space();
      if (this.#skip(']')) return;
      this.#comma(']', open);
      if (this.#peek() === ']') throw this.#stop('JSON allows no comma after the last entry');
    }
  }

  #comma(close: string, open: number): void {
    if (this.#skip(',')) {
      this.#space();
      return;
    }
    if (this.#peek() === '') throw this.#stop(`this "${this.#text.charAt(open)}" is never closed`, open);
    throw this.#stop(`"," or "${close}" must follow`);
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
