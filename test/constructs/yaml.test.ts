import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { libraryYaml } from '../../constructs/schema/yaml/library-yaml.ts';
import { renderYaml, YAML_OPTIONS } from '../../constructs/yaml.ts';
import { findUnfit } from '../../constructs/schema/check/unfit.ts';

/** Texts that readers of YAML are known to take for something else, or to fold, trim or refuse. */
const AWKWARD = [
  ...['', ' ', '\t', 'a\tb', ' a', 'a ', 'yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'null', 'Null', '~', 'NaN', 'inf'],
  ...['0o14', '014', '0x1F', '1e3', 'e5', 'E0', '1_000', '12:30', '1:30:00', '.5', '1.', '.inf', '.nan', '2026-01-01'],
  ...[
    '-',
    '- a',
    '? a',
    ': a',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '`a',
    '{',
    '}',
    '[',
    ']',
    ',',
  ],
  ...[
    '|',
    '>',
    '"',
    "'",
    "it's",
    '"a"',
    '---',
    '--- a',
    '...',
    '=',
    '<<',
    'a\nb',
    'a\nb\n',
    'a\n\n',
    '\na',
    '\n',
    '  a\nb',
  ],
  ...['a\r\nb', '\r', 'a \nb', '#a\nb', '---\na', 'é', '日本', '😀', '{\n  "a": 1\n}\n', 'x'.repeat(200), 'bot-alpha'],
];

const text = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.array(fc.constantFrom(...AWKWARD), { maxLength: 6 }).map((parts) => parts.join('\n')),
  fc.array(fc.constantFrom(...AWKWARD), { maxLength: 6 }).map((parts) => parts.join('')),
);
const key = fc.oneof(
  fc.stringMatching(/^[a-z][A-Za-z0-9./-]{0,20}$/),
  fc.constantFrom(...AWKWARD.filter((name) => name !== '' && name !== '<<')),
);
const { value } = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(text, fc.integer(), fc.boolean()),
  value: fc.oneof(
    { maxDepth: 5 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
}));
const object = fc.dictionary(key, value, { maxKeys: 6 });

describe('renderYaml', () => {
  it('writes the very bytes of the library', () => {
    fc.assert(
      fc.property(object, (given) => {
        expect(renderYaml(given)).toBe(libraryYaml(given, YAML_OPTIONS));
      }),
      { numRuns: 2000 },
    );
  });

  it('is read back as the same value by readers of both versions of YAML', () => {
    const fit = object.filter((given) => findUnfit(JSON.stringify(given)) === undefined);
    fc.assert(
      fc.property(fit, (given) => {
        const written = renderYaml(given);

        expect(parse(written, { version: '1.2', schema: 'core' })).toEqual(given);
        expect(parse(written, { version: '1.1', merge: false })).toEqual(given);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([' \n', '\n \n', '  \n\n', ' \n '])('keeps the blanks of %j', (blank) => {
    expect(parse(renderYaml({ list: [{ name: 'X', value: blank }] }))).toEqual({ list: [{ name: 'X', value: blank }] });
  });

  it('keeps a long text whose lines end and start in odd ways', () => {
    const odd = `\r\n \n${'x'.repeat(200)}`;

    expect(parse(renderYaml({ value: odd }))).toEqual({ value: odd });
  });

  it.each(['=', '<<', 'a\tb', '\t'])(
    'quotes %j, which readers of YAML 1.1 take for something else or refuse',
    (text) => {
      expect(renderYaml({ value: text })).toBe(`value: ${JSON.stringify(text)}\n`);
      expect(renderYaml({ list: [{ name: text }] })).toContain(`name: ${JSON.stringify(text)}\n`);
    },
  );

  it('writes for rendering 1 what it always wrote', () => {
    expect(renderYaml({ value: '=', other: 'a\tb' }, 1)).toBe('value: =\nother: a\tb\n');
  });

  it.each(AWKWARD)('keeps %j a text', (awkward) => {
    expect(parse(renderYaml({ value: awkward }))).toEqual({ value: awkward });
  });
});
