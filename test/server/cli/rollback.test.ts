import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

const RECORD = 'instances/bot-0001.yaml';
const DEPLOYMENT = 'dist/bot-0001/deployment.yaml';

async function committed() {
  const checkout = checkoutOf(2);
  const { folder } = checkout;
  git(folder, 'init', '-q', '-b', 'main');
  const command = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const code = await runProgram(args, { io, env: {}, cwd: folder, root: '/', version: '0', signal });
    return { code, output: io.output.join('\n') };
  };
  const commit = async (message: string): Promise<string> => {
    await command('synth');
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', message);
    return git(folder, 'rev-parse', 'HEAD').trim();
  };
  const first = await commit('All bots');
  checkout.put(RECORD, checkout.read(RECORD).replace('spec:', '# A note.\nspec:\n  state: stopped'));
  await commit('Stop it for now');
  return { ...checkout, first, commit, run: (...args: string[]) => command('rollback', ...args) };
}

describe('claworc rollback', () => {
  it('tells what it would do, writes it to the work tree when asked to, and commits nothing', async () => {
    const { folder, first, read, run } = await committed();
    const head = git(folder, 'rev-parse', 'HEAD');

    const told = await run(first, 'bot-0001');
    expect(told.code).toBe(3);
    expect(told.output).toContain('What is in its volumes stays as it is now');
    expect(told.output).toContain('nothing was written; --write writes');
    expect(git(folder, 'status', '--porcelain')).toBe('');

    const { code, output } = await run(first.slice(0, 8), 'bot-0001', '--write');
    expect(code).toBe(0);
    expect(output).toContain(`claworc propose --title "Restore bot-0001 to ${first.slice(0, 7)}"`);
    expect(read(RECORD)).not.toContain('stopped');
    // Written as a person's own edit is: what they noted stays.
    expect(read(RECORD)).toContain('# A note.');
    expect(read(DEPLOYMENT)).toContain('replicas: 1');
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(head);
    expect((await run('HEAD', 'bot-0001')).output).toContain('the last commit has it all already');
  });

  it('puts a record right that is broken in the last commit: it refused, and said to mend that first', async () => {
    const { first, put, read, commit, run } = await committed();
    put(RECORD, `${read(RECORD)}---\n{}\n`);
    await commit('Two documents');

    expect((await run(first, 'bot-0001', '--write')).code).toBe(0);
    expect(read(RECORD)).not.toContain('---');
    expect(read(RECORD)).not.toContain('stopped');

    put(RECORD, `${read(RECORD)}---\n{}\n`);
    await commit('Again');
    expect((await run(first, '--write')).code).toBe(0);
    expect(read(RECORD)).not.toContain('---');
  });

  it('writes over nothing that was typed since the last commit', async () => {
    const { first, put, read, run } = await committed();
    const typed = `${read(RECORD)}# Typed just now.\n`;
    put(RECORD, typed);

    await expect(run(first, 'bot-0001', '--write')).rejects.toThrow(`${RECORD} is not as the last commit has it`);

    expect(read(RECORD)).toBe(typed);
  });

  it('takes the whole fleet back, and removes bots only that are named', async () => {
    const { folder, first, put, read, commit, run } = await committed();
    put('instances/bot-0009.yaml', read('instances/bot-0000.yaml').replaceAll('bot-0000', 'bot-0009'));
    await commit('Another bot');

    const told = await run(first);
    expect(told.output).toContain('--write --remove bot-0009 writes');
    await expect(run(first, '--write')).rejects.toThrow('This restore removes bot-0009');
    expect(git(folder, 'status', '--porcelain')).toBe('');

    expect((await run(first, '--write', '--remove', 'bot-0009')).code).toBe(0);
    expect(existsSync(join(folder, 'instances/bot-0009.yaml'))).toBe(false);
    expect(read('tombstones/bot-0009.yaml')).toContain('data: retain');
    expect(read(RECORD)).not.toContain('stopped');
  });

  it('brings back a bot that was removed, and says what it finds of its data', async () => {
    const { folder, first, commit, run } = await committed();
    git(folder, 'rm', '-q', RECORD);
    await commit('Remove it');
    expect(existsSync(join(folder, 'tombstones/bot-0001.yaml'))).toBe(true);

    const { output } = await run(first, 'bot-0001', '--write');

    expect(output).toContain('It takes over what was kept of its volumes');
    expect(existsSync(join(folder, RECORD))).toBe(true);
    expect(existsSync(join(folder, DEPLOYMENT))).toBe(true);
    expect(existsSync(join(folder, 'tombstones/bot-0001.yaml'))).toBe(false);
  });

  it('refuses a commit and a bot that are not there', async () => {
    const { first, run } = await committed();

    await expect(run('no-such-commit')).rejects.toThrow('no-such-commit');
    await expect(run(first, 'bot-9999')).rejects.toThrow('there was no bot bot-9999');
    expect((await run()).code).toBe(2);
  });
});
