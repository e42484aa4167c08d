import { openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { failureText } from '../../../server/cli/failure-text.ts';
import { ClaworcError } from '../../../server/lib/errors.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const system = (code: string, path?: string): Error =>
  Object.assign(new Error(`${code}: words of the system`), {
    code,
    syscall: 'open',
    ...(path === undefined ? {} : { path }),
  });

it.each([
  [system('ENOSPC'), 'the disk is full: make room on it, and run the command again (ENOSPC).'],
  [
    system('EROFS', 'dist/bot-a/x.yaml'),
    'dist/bot-a/x.yaml: the disk can only be read: run the command again when it can be written (EROFS).',
  ],
  [system('EACCES', 'dist/a\nb'), 'dist/a\\nb: this user has no permission for it (EACCES).'],
  [new ClaworcError('invalid', 'a\u001b[2J\nb'), 'a\\u001b[2J\\nb'],
])('what the machine or the input is to blame for is one line, without a stack', (error, line) => {
  expect(failureText(error)).toBe(line);
});

it('a defect of ours keeps its stack', () => {
  let thrown: unknown;
  try {
    openSync(join(tempFolder(), 'none'), 'r');
  } catch (error) {
    thrown = error;
  }

  expect(failureText(thrown)).toMatch(/ENOENT[^]*^ {4}at /m);
  expect(failureText(new TypeError('x is no function'))).toMatch(/^TypeError: x is no function\n {4}at /);
});
