import { expect, test } from 'vitest';
import { checkKeyValue, hintOf } from '../../../server/secrets/key-value.ts';

test('white space around a pasted key is cut off', () => {
  expect(checkKeyValue('  sk-ant-1\r\n')).toEqual({ ok: true, value: 'sk-ant-1' });
  expect(checkKeyValue('\ufeffsk ant 1\u00a0')).toEqual({ ok: true, value: 'sk ant 1' });
});

test.each([
  ['nothing', ' \n', 'empty'],
  ['a line break inside', 'sk-ant\n1', 'control_characters'],
  ['a tab inside', 'sk-ant\t1', 'control_characters'],
  ['a NUL', 'sk-ant\u00001', 'control_characters'],
  ['an escape sequence', 'sk-ant\u001b[31m', 'control_characters'],
  ['a C1 control', 'sk-ant\u009b31m', 'control_characters'],
  ['half a character', 'sk-ant-\ud83d', 'control_characters'],
  ['a zero-width space', 'sk-ant\u200b1', 'invisible_characters'],
  ['a direction mark', 'sk-ant\u202e1', 'invisible_characters'],
  ['a no-break space', 'sk-ant\u00a01', 'invisible_characters'],
  ['in quotes', '"sk-ant-1"', 'quoted'],
  ['an assignment to its name', 'MY_THING=sk-ant-1', 'assignment'],
  ['a line of a shell', 'export OTHER_API_KEY=sk-ant-1', 'assignment'],
  ['a variable of a shell', '$ANTHROPIC_API_KEY', 'no_value'],
  ['a variable of a config', '${ANTHROPIC_API_KEY}', 'no_value'],
  ['a variable of a pipeline', '${{ secrets.ANTHROPIC }}', 'no_value'],
  ['a variable of Windows', '%ANTHROPIC_API_KEY%', 'no_value'],
  ['what a script writes for a variable that is not set', 'undefined', 'no_value'],
  ['what stands for a key that is not shown', '<REDACTED>', 'no_value'],
  ['more than 32 KiB', 'é'.repeat(16_385), 'too_large'],
])('a key that is %s is refused without being repeated', (_, value, code) => {
  const result = checkKeyValue(value, 'MY_THING');

  expect(result).toMatchObject({ ok: false, code });
  expect(JSON.stringify(result)).not.toContain('sk-ant');
});

test('an equals sign inside a key is a part of it', () => {
  expect(checkKeyValue('AbC9=+/xyz==', 'OPENAI_API_KEY')).toMatchObject({ ok: true });
});

test.each(['a$b{c}d', 'None-of-your-business', '{{'])(
  'signs of a variable inside a key are a part of it: %s',
  (value) => {
    expect(checkKeyValue(value)).toEqual({ ok: true, value });
  },
);

test('32 KiB are allowed', () => {
  expect(checkKeyValue('é'.repeat(16_384))).toMatchObject({ ok: true });
});

test('a hint is the last four characters of 20 or more', () => {
  expect(hintOf('sk-ant-0123456789abc')).toBe('9abc');
  expect(hintOf('sk-ant-0123456789ab')).toBe('');
  expect(hintOf('')).toBe('');
  expect(hintOf(`${'x'.repeat(18)}é😀`)).toBe('xxé😀');
});
