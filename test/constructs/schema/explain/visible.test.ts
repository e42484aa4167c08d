import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../../constructs/schema/index.ts';
import { hiddenCharacter, oneLine, visible } from '../../../../constructs/schema/explain/visible.ts';

describe('text of others that is printed', () => {
  it('moves no cursor, colours nothing and turns no text around', () => {
    expect(visible('a\u001b[2Jb\rc\u0007\u009b\u202ed\u2028')).toBe(
      'a\\u001b[2Jb\\u000dc\\u0007\\u009b\\u202ed\\u2028',
    );
    expect(visible('two\n\tlines, ünïcode, 🤖')).toBe('two\n\tlines, ünïcode, 🤖');
  });

  it('is no command to a CI runner, and as JSON still the same', () => {
    expect(visible('x\n::error::y\n \t::set-output::z\n##[error]')).toBe(
      'x\n\\u003a:error::y\n \t\\u003a:set-output::z\n\\u0023#[error]',
    );
    expect(visible('x ##vso[task.setvariable] ##teamcity[x] ## a [b]')).toBe(
      'x \\u0023#vso[task.setvariable] \\u0023#teamcity[x] ## a [b]',
    );
    const value = { file: '##[x]\u202e\\', more: ['::'] };
    expect(JSON.parse(visible(JSON.stringify(value, null, 2)))).toEqual(value);
  });

  it('is one line where a line is meant: a file name with a line break in it breaks none', () => {
    expect(oneLine('a\nb')).toBe('a\\nb');
    const problem = {
      file: 'instances/x\n::error::injected.yaml',
      line: 1,
      field: 'a\nb',
      message: 'm\u001b',
      source: 's\u001b',
    };
    const [head, ...rest] = formatProblem(problem).split('\n');
    expect(head).toBe('instances/x\\n::error::injected.yaml:1:1: a\\nb: m\\u001b');
    expect(rest).toEqual(['  1 | s\\u001b', '    | ^']);
  });

  it('is made safe in time that grows with its length alone', () => {
    expect(visible(`${'\n'.repeat(200_000)} : ${' '.repeat(200_000)}`)).toHaveLength(400_003);
  }, 5_000);
});

describe('a character that hides', () => {
  it.each(['a\u202eb', 'a\u200bb', '\u2066a', 'a\u00adb', 'a\u200db', 'a\u200cb', 'a\u{e0041}', '\u3164', 'a\u180e'])(
    'is found in %j',
    (text) => {
      expect(hiddenCharacter(text)).toMatch(/^U\+[0-9A-F]{4,5}$/);
    },
  );

  it.each(['Ünï bøt', '👩‍💻 Ada', '👩🏽‍🚀', 'می‌خواهم', '日本', '❤️‍🔥', '1️⃣'])('is not found in %s', (text) => {
    expect(hiddenCharacter(text)).toBeUndefined();
  });
});
