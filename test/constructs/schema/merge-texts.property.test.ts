import fc, { type GeneratorValue } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lexer, parse } from 'yaml';
import { isSame, mergeDocuments } from '../../../constructs/merge.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import { mergeTexts } from '../../../constructs/schema/merge-texts.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { anyTree, changed, writeByHand, type Tree } from './edit-yaml/hand-written.ts';

const RUNS = { numRuns: 1_000, endOnFailure: true };

interface Side {
  readonly text: string;
  readonly value: Tree;
  readonly added: readonly string[];
}

/** Any tree will do: nothing of a text depends on what its fields mean. */
const asRecord = (value: object): BotInstance => value as BotInstance;

/** The text of a person who changed some of it by hand, and left comments of their own. */
function sideOf(g: GeneratorValue, who: string, text: string, value: Tree): Side {
  const next = g(fc.boolean) ? changed(g, value) : value;
  const edited = Object.keys(next).length === 0 ? value : next;
  const written = writeRecord(asRecord(edited), text);
  const count = g(fc.nat, { max: 3 });
  const start: Side = { text: written, value: edited, added: [] };
  return Array.from({ length: count }).reduce<Side>(
    (side, _, index) => withComment(g, side, `# ${who} ${index}`),
    start,
  );
}

/** A comment between or beside any two lines, where it is one and changes nothing else. */
function withComment(g: GeneratorValue, side: Side, comment: string): Side {
  const lines = side.text.split(/(?<=\n)/);
  const at = g(fc.nat, { max: lines.length });
  const indent = ' '.repeat(g(fc.nat, { max: 8 }));
  const line = lines[at - 1] ?? '\n';
  const text =
    g(fc.boolean) && line.trim() !== ''
      ? [...lines.slice(0, at - 1), line.replace(/\n?$/, ` ${comment}\n`), ...lines.slice(at)].join('')
      : [...lines.slice(0, at), `${indent}${comment}\n`, ...lines.slice(at)].join('');
  if (!says(text, side.value) || !commentsOf(text).includes(comment)) return side;
  return { ...side, text, added: [...side.added, comment] };
}

function says(text: string, value: unknown): boolean {
  try {
    return isSame(parse(text), value);
  } catch {
    return false;
  }
}

function commentsOf(text: string): readonly string[] {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith('#')).map((token) => token.trimEnd());
}

describe('the text of a merge, for any document of a person and any two changes of it', () => {
  it('says what was merged, and holds every comment that either side brought', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const value = anyTree(g);
        const base = writeByHand(g, value)
          .map(({ text }) => `${text}\n`)
          .join('');
        const [theirs, mine] = [sideOf(g, 'theirs', base, value), sideOf(g, 'mine', base, value)];
        const { merged } = mergeDocuments<Tree>(value, theirs.value, mine.value);
        fc.pre(merged !== null && Object.keys(merged).length > 0);

        const text = mergeTexts({ base, theirs: theirs.text, mine: mine.text }, asRecord(merged), (written) =>
          says(written, merged),
        );

        expect(parse(text)).toEqual(merged);
        expect(commentsOf(text)).toEqual(expect.arrayContaining([...theirs.added, ...mine.added]));
      }),
      RUNS,
    );
  });

  it('is the text of the one side that changed it', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const value = anyTree(g);
        const base = writeByHand(g, value)
          .map(({ text }) => `${text}\n`)
          .join('');
        const side = sideOf(g, 'one', base, value);
        const merge = (theirs: string, mine: string): string =>
          mergeTexts({ base, theirs, mine }, asRecord(side.value), (written) => says(written, side.value));

        expect(merge(side.text, base)).toBe(side.text);
        expect(merge(base, side.text)).toBe(side.text);
        expect(merge(side.text, side.text)).toBe(side.text);
      }),
      RUNS,
    );
  });
});
