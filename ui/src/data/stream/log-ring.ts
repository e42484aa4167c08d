import type { LogLine } from '../../../../server/http/schemas/answers.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | '';

export interface HeldLine extends LogLine {
  /** Grows by one per line, never used twice: names the line for search. */
  readonly number: number;
  readonly level: LogLevel;
}

/** Lines that are drawn, kept and dropped together. `version` grows with each line that is added. */
export interface LogBlock {
  readonly id: number;
  readonly lines: readonly HeldLine[];
}

const BLOCK = 200;
// eslint-disable-next-line no-control-regex -- the escape character is what is looked for
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;
const WORDS: readonly (readonly [LogLevel, RegExp])[] = [
  ['error', /^.{0,80}?\b(error|err|fatal|panic|critical|emerg)\b/i],
  ['warn', /^.{0,80}?\b(warn|warning)\b/i],
  ['debug', /^.{0,80}?\b(debug|trace)\b/i],
  ['info', /^.{0,80}?\b(info|notice)\b/i],
];

/** The level that a line names near its beginning; '' where it names none. */
export function levelOf(text: string): LogLevel {
  for (const [level, pattern] of WORDS) if (pattern.test(text)) return level;
  return '';
}

/** The last lines of a log in blocks; the oldest block leaves whole when more than `limit` lines are held. */
export class LogRing {
  readonly #limit: number;
  #blocks: readonly LogBlock[] = [];
  #next = 1;
  #nextBlock = 1;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get blocks(): readonly LogBlock[] {
    return this.#blocks;
  }

  get size(): number {
    return this.#blocks.reduce((sum, block) => sum + block.lines.length, 0);
  }

  /** Terminal colour codes are taken out: they are not for a page. */
  add(lines: readonly LogLine[]): void {
    const blocks = [...this.#blocks];
    for (const line of lines) {
      const text = line.text.replace(ESCAPES, '');
      const held: HeldLine = { at: line.at, text, number: this.#next++, level: levelOf(text) };
      const last = blocks.at(-1);
      if (last === undefined || last.lines.length >= BLOCK) blocks.push({ id: this.#nextBlock++, lines: [held] });
      else blocks[blocks.length - 1] = { id: last.id, lines: [...last.lines, held] };
    }
    while (blocks.length > 1 && blocks.length * BLOCK > this.#limit + BLOCK) blocks.shift();
    this.#blocks = blocks;
  }

  clear(): void {
    this.#blocks = [];
  }

  /** Numbers of the lines that hold `text`, oldest first; none for an empty text. */
  find(text: string): number[] {
    const wanted = text.toLowerCase();
    if (wanted === '') return [];
    return this.#blocks.flatMap((block) =>
      block.lines.filter((line) => line.text.toLowerCase().includes(wanted)).map((line) => line.number),
    );
  }

  /** All held lines as a text file. */
  text(): string {
    return this.#blocks
      .flatMap((block) => block.lines)
      .map((line) => (line.at === null ? line.text : `${line.at} ${line.text}`))
      .join('\n');
  }
}
