import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

const RECORD = 'instances/bot-0001.yaml';

async function committed() {
  const checkout = checkoutOf(2);
  const { folder } = checkout;
  git(folder, 'init', '-q', '-b', 'main');
  const run = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const code = await runProgram(args, { io, env: {}, cwd: folder, root: '/', version: '0', signal });
    return { code, output: io.output.join('\n') };
  };
  const commit = async (message: string): Promise<void> => {
    await run('synth');
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', message);
  };
  checkout.put(RECORD, checkout.read(RECORD).replace('spec:', '# A note.\nspec:'));
  await commit('All bots');
  return { ...checkout, commit, run };
}

describe('claworc suspend and resume', () => {
  it('write a record of the work tree, keep what a person noted there, and commit nothing', async () => {
    const { folder, read, run, commit } = await committed();
    const before = read(RECORD);

    const { code, output } = await run('suspend', 'bot-0001', '--reason', 'it leaks');

    expect([code, output]).toEqual([
      0,
      `wrote ${RECORD}\nnothing was committed; next: \`claworc propose --title "Suspend bot-0001"\`, or commit and push it`,
    ]);
    expect(read(RECORD)).toContain('  reconcile:\n    mode: suspend\n    reason: it leaks\n');
    expect(read(RECORD)).toContain('# A note.');
    expect(git(folder, 'status', '--porcelain')).toBe(` M ${RECORD}\n`);
    expect((await run('synth', '--check')).code).toBe(0);

    await commit('Suspend it');
    expect((await run('suspend', 'bot-0001', '--reason', 'it leaks')).output).toContain('nothing to write');
    expect((await run('resume', 'bot-0001')).code).toBe(0);
    expect(read(RECORD)).toBe(before);
  });

  it('take the whole fleet only where it is asked for', async () => {
    const { read, run, commit } = await committed();
    await expect(run('suspend')).rejects.toThrow('Name the bots that are meant, or --fleet');
    await expect(run('suspend', 'bot-0001', '--fleet')).rejects.toThrow('Name the bots that are meant, or --fleet');

    await run('suspend', '--fleet', '--mode', 'detect');
    expect(read('claworc.yaml')).toContain('  reconcile:\n    mode: detect\n');

    await commit('Only compare');
    expect((await run('resume', 'bot-0001')).output).toContain(
      'note: bot-0001 is only compared with the whole fleet: claworc.yaml says so',
    );
    await run('resume', '--fleet');
    expect(read('claworc.yaml')).not.toContain('reconcile');
  });

  it('name a bot that is not there, and a reason that is no line', async () => {
    const { run } = await committed();
    await expect(run('suspend', 'bot-9999')).rejects.toThrow('instances/bot-9999.yaml of the last commit is missing');
    await expect(run('suspend', 'bot-0001', '--reason', 'a\nb')).rejects.toThrow(/reason/);
  });
});
