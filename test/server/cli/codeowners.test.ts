import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

function owned() {
  const checkout = checkoutOf(1);
  const run = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const code = await runProgram(['codeowners', ...args], {
      io,
      env: {},
      cwd: checkout.folder,
      root: '/',
      version: '0',
      signal,
    });
    return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
  };
  const name = (owners: string): void =>
    checkout.put('claworc.yaml', `${checkout.read('claworc.yaml')}  policy:\n    owners:\n      env: ${owners}\n`);
  return { ...checkout, run, name };
}

describe('claworc codeowners', () => {
  it('prints the line for a forge, and finds it in a file', async () => {
    const { run, name, put } = owned();
    name('["@ada", bob@example.com]');

    expect(await run()).toEqual({ code: 0, output: '/claworc.yaml @ada bob@example.com', errors: '' });
    expect(await run('--format', 'gitea')).toMatchObject({ output: 'claworc\\\\.yaml @ada', code: 0 });
    expect(await run('--in', 'CODEOWNERS')).toMatchObject({ code: 3, output: '' });
    put('CODEOWNERS', '* @all\n/claworc.yaml @ada bob@example.com\n');
    expect(await run('--in', 'CODEOWNERS')).toEqual({ code: 0, output: '', errors: '' });
  });

  it('says where claworc.yaml names nobody, and where it is broken', async () => {
    const { run, name } = owned();

    expect(await run()).toMatchObject({ code: 0, output: '', errors: expect.stringContaining('no owners') as string });
    name('[ada]');
    await expect(run()).rejects.toThrow('an owner such as @ada');
  });
});
