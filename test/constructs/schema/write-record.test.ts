import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../constructs/new-documents.ts';
import { instanceNameOf, validateRecord } from '../../../constructs/schema/index.ts';
import { parseFleet, parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { GOOD_RECORD, withChange } from './records.ts';

const fleet = newFleet({ recipients: [] });

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '',
    'yes',
    'null',
    '0o14',
    '1e3',
    '12:30',
    '- a',
    'a: b',
    'a #b',
    ' a',
    'a\n',
    '\n\na\n\n',
    'a\r\nb',
    ' \n',
    '\n \n',
    `\r\n \n${'x'.repeat(90)}`,
    '\t',
    '"',
    "'",
  ),
);

const record = fc
  .record({
    displayName: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((name) => instanceNameOf(name).ok),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,10}$/), text, { maxKeys: 4 }),
    state: fc.constantFrom<('running' | 'stopped')[]>('running', 'stopped'),
    config: fc
      .dictionary(text, fc.jsonValue({ maxDepth: 2 }))
      .chain((object) => fc.constantFrom(0, 2, '\t').map((space) => JSON.stringify(object, null, space)))
      .chain((json) => fc.constantFrom('', '\n', '\n\n', ' \n').map((end) => json + end)),
  })
  .map((values) => newRecord({ name: 'bot-alpha', ...values }, fleet))
  .filter((candidate) => validateRecord(candidate).length === 0);

describe('writeRecord', () => {
  it('writes what is read back as the same record, to the byte of its config', () => {
    fc.assert(
      fc.property(record, (given) => {
        const parsed = parseRecord(writeRecord(given), 'instances/bot-alpha.yaml');

        expect(parsed).toMatchObject({ ok: true });
        expect(parsed.ok ? parsed.record : null).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });

  it('turns any record into any other without losing one of its values', () => {
    fc.assert(
      fc.property(record, record, (before, after) => {
        const parsed = parseRecord(writeRecord(after, writeRecord(before)), 'instances/bot-alpha.yaml');

        expect(parsed.ok ? parsed.record : parsed.problems).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  it('writes the same bytes again for what it wrote itself', () => {
    fc.assert(
      fc.property(record, (given) => {
        const written = writeRecord(given);

        expect(writeRecord(given, written)).toBe(written);
      }),
    );
  });

  it('keeps comments, blank lines, order and quotes of everything that it does not change', () => {
    const byHand = withChange(
      '  storage:\n',
      '  # grown twice already\n\n  storage:\n    # see the wiki\n',
      `# yaml-language-server: $schema=../x.json\n${withChange('Bot Alpha', "'Bot Alpha' # shown")}`,
    );
    const parsed = parseRecord(byHand, 'instances/bot-alpha.yaml');
    if (!parsed.ok) throw new Error('the record by hand is not taken');
    const { spec } = parsed.record;

    const written = writeRecord(
      {
        ...parsed.record,
        spec: { ...spec, displayName: 'Ada', storage: { ...spec.storage, chrome: '6Gi' }, state: 'stopped' },
      },
      byHand,
    );

    expect(written).toBe(
      `${byHand.replace("'Bot Alpha' # shown", "'Ada' # shown").replace('chrome: 5Gi', 'chrome: 6Gi')}  state: stopped\n`,
    );
  });

  it('changes nothing in a text that says the record already', () => {
    const parsed = parseRecord(GOOD_RECORD, 'instances/bot-alpha.yaml');

    expect(parsed.ok && writeRecord(parsed.record, GOOD_RECORD)).toBe(GOOD_RECORD);
  });

  it('takes away what the record no longer says', () => {
    const parsed = parseRecord(GOOD_RECORD, 'instances/bot-alpha.yaml');
    if (!parsed.ok) throw new Error('the record by hand is not taken');
    const { exposure: _exposure, nodePorts: _nodePorts, ...spec } = parsed.record.spec;

    const written = writeRecord({ ...parsed.record, spec }, GOOD_RECORD);

    expect(written).toBe(
      withChange('  exposure: nodePort\n  nodePorts:\n    chrome: 30100\n    terminal: 30101\n', ''),
    );
  });

  it('writes a broken text anew', () => {
    const given = newRecord({ name: 'bot-alpha', displayName: 'Bot Alpha' }, fleet);

    expect(writeRecord(given, 'a: [')).toBe(writeRecord(given));
  });

  it('writes a fleet that is read back as the same fleet', () => {
    const parsed = parseFleet(writeRecord(fleet), 'claworc.yaml');

    expect(parsed.ok && parsed.fleet).toEqual(fleet);
  });
});
