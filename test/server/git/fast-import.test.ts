import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fastImportStream } from '../../../server/git/fast-import.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const request = {
  parent: null,
  changes: new Map([
    ['claworc.yaml', 'a: 1\n'],
    ['instances/bot-a.yaml', 'b: 2\n'],
  ]),
  message: 'Start\n',
  author: { name: 'Ada', email: 'ada@example.com' },
  at: '2026-11-19T14:31:40Z',
};
const stream = await fastImportStream(request);
const staying = await fastImportStream(request, { stays: true });

describe('the stream for fast-import', () => {
  it('writes a commit and moves no ref', () => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '--bare');

    const { stdout, status } = spawnSync('git', ['fast-import', '--quiet', '--done'], { cwd: folder, input: stream });

    expect(status).toBe(0);
    expect(git(folder, 'cat-file', '-t', stdout.toString().trim()).trim()).toBe('commit');
    expect(git(folder, 'for-each-ref')).toBe('');
  });

  it.each([
    ['of a git of its own', stream],
    ['of a git that stays', staying],
  ])('is refused wherever it is cut short, so that a killed server never leaves half a commit (%s)', (_, whole) => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '--bare');
    const lines = [...whole.keys()].filter((at) => whole[at] === 10).map((at) => at + 1);

    for (const end of lines.slice(1, -1)) {
      const { status } = spawnSync('git', ['fast-import', '--quiet', '--done'], {
        cwd: folder,
        input: whole.subarray(0, end),
      });
      expect(status).not.toBe(0);
    }
    expect(git(folder, 'for-each-ref')).toBe('');
  });
});
