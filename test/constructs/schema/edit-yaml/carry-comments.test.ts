import { describe, expect, it } from 'vitest';
import { carryComments } from '../../../../constructs/schema/edit-yaml/carry-comments.ts';

const lines = (...text: readonly string[]): string => text.map((line) => `${line}\n`).join('');

describe('comments of one side, carried to a text of the other', () => {
  it('stand above, beside and below the entries that they stood at', () => {
    const base = lines('spec:', '  cpu: 1', '  env:', '    A: x', 'last: 1');
    const side = lines(
      '# the whole',
      'spec: # beside a map',
      '  # why so much',
      '  cpu: 2 # for the launch',
      '  env:',
      '    A: x',
      '    # B: commented out',
      'last: 1',
      '# the end',
    );
    const text = lines('spec:', '  cpu: 3', '  env:', '    A: y', 'last: 1');

    expect(carryComments(text, base, side)).toBe(
      lines(
        '# the whole',
        '# beside a map',
        'spec:',
        '  # why so much',
        '  cpu: 3 # for the launch',
        '  env:',
        '    A: y',
        '    # B: commented out',
        'last: 1',
        '# the end',
      ),
    );
  });

  it('stand above what an entry was in where the entry is gone', () => {
    const side = lines('spec:', '  env:', '    A: x # secret no more', '  cpu: 1');

    expect(carryComments(lines('spec:', '  cpu: 1'), lines('spec:', '  env:', '    A: x', '  cpu: 1'), side)).toBe(
      lines('# secret no more', 'spec:', '  cpu: 1'),
    );
  });

  it('go on a line of their own where a comment is beside the entry already', () => {
    expect(carryComments('a: 2 # theirs\n', 'a: 1\n', 'a: 1 # mine\n')).toBe('# mine\na: 2 # theirs\n');
  });

  it('take the place of the words that they had before', () => {
    const base = lines('# three of four', 'a: 1');

    expect(carryComments(lines('# three of four', 'a: 2'), base, lines('# four of four', 'a: 1'))).toBe(
      lines('# four of four', 'a: 2'),
    );
  });

  it('are no `#` inside a text, and none are made one', () => {
    const side = lines('config: |', '  # a heading', '  text', '# after it', 'b: 1');

    expect(carryComments(lines('config: |', '  other', 'b: 1'), lines('config: |', '  text', 'b: 1'), side)).toBe(
      lines('config: |', '  other', '# after it', 'b: 1'),
    );
  });

  it('stay away from what is no YAML', () => {
    expect(carryComments('a: [1\n', 'a: 1\n', '# x\na: 1\n')).toBe('a: [1\n');
  });
});
