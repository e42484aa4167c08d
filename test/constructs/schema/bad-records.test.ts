import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import { CONFIGS } from './bad/configs.ts';
import { MEANINGS } from './bad/meanings.ts';
import { SHAPES } from './bad/shapes.ts';
import { TEXTS } from './bad/texts.ts';
import { GOOD_RECORD, withChange as change } from './records.ts';

const FILE = 'instances/bot-alpha.yaml';

describe.each([
  ['text', TEXTS],
  ['shape', SHAPES],
  ['meaning', MEANINGS],
  ['config', CONFIGS],
] as const)('a record of bad %s', (_, table) => {
  it.each(table.map((row) => [row.what, row] as const))('is refused with its place: %s', (_what, row) => {
    const parsed = parseRecord(row.text, FILE);

    if (parsed.ok) throw new Error('it was taken');
    const [first] = parsed.problems;
    expect(first?.file).toBe(FILE);
    expect(`${first?.line ?? 0}:${first?.column ?? 0}`).toMatch(
      row.at.endsWith(':') ? new RegExp(`^${row.at}`) : new RegExp(`^${row.at}$`),
    );
    expect(first?.field).toBe(row.field);
    expect(first?.message).toContain(row.says);
  });
});

describe('the record that all of them are made from', () => {
  it('is taken', () => {
    expect(parseRecord(GOOD_RECORD, FILE)).toMatchObject({ ok: true, record: { metadata: { name: 'bot-alpha' } } });
  });

  it('is taken with exactly 64 KiB', () => {
    const largest = GOOD_RECORD + '#'.repeat(65_536 - GOOD_RECORD.length);

    expect(parseRecord(largest, FILE).ok).toBe(true);
  });

  it('makes for at least a hundred ways of going wrong', () => {
    expect(TEXTS.length + SHAPES.length + MEANINGS.length + CONFIGS.length).toBeGreaterThanOrEqual(100);
  });
});

describe('a problem', () => {
  it('never repeats a key in clear text, neither in its message nor in its source line', () => {
    const secret = `sk-ant-api03-${'z'.repeat(40)}`;
    const texts = [
      change('Europe/Berlin', secret),
      change('18789', `"${secret}"`),
      `${GOOD_RECORD}state: ${secret}\n`,
      change('exposure: nodePort', `exposure: ${secret}`),
      `${GOOD_RECORD}${secret}: x\n`,
      `${GOOD_RECORD}# ${secret}\nkind: x\n`,
      `a: b: ${secret}\n`,
    ];

    for (const text of texts) expect(JSON.stringify(parseRecord(text, FILE))).not.toContain('zzzz');
  });

  it('names everything that is wrong, in the order of the file', () => {
    const text = change('5Gi', '5GB', change('30101', '1', change('Europe/Berlin', '1')));

    const parsed = parseRecord(text, FILE);

    expect(parsed.ok ? [] : parsed.problems.map(({ line }) => line)).toEqual([17, 24, 26]);
  });
});
