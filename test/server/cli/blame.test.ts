import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

const RECORD = 'instances/bot-0001.yaml';

function committed() {
  const checkout = checkoutOf(2);
  git(checkout.folder, 'init', '-q', '-b', 'main');
  const commit = (message: string): string => {
    git(checkout.folder, 'add', '-A');
    git(checkout.folder, 'commit', '-q', '-m', message);
    return git(checkout.folder, 'rev-parse', 'HEAD').trim();
  };
  const first = commit('All bots');
  checkout.put(RECORD, checkout.read(RECORD).replace('spec:', 'spec:\n  state: stopped'));
  const stopped = commit('Stop it for now');
  const run = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const invocation = { io, env: {}, cwd: checkout.folder, root: '/', version: '0', signal };
    const code = await runProgram(['blame', ...args], invocation);
    return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
  };
  return { first, stopped, run };
}

describe('claworc blame', () => {
  it('names the commit of each field, and claworc.yaml where the bot inherits', async () => {
    const { first, stopped, run } = committed();

    const { code, output } = await run('bot-0001');

    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^spec\\.state +stopped +${stopped.slice(0, 7)} .* Stop it for now$`, 'm'));
    expect(output).toMatch(new RegExp(`^spec\\.displayName .*${first.slice(0, 7)} .* All bots$`, 'm'));
    expect(output).toMatch(/^spec\.image \(claworc\.yaml\) /m);
  });

  it('tells one field by the name that people use for it, and JSON where that is wanted', async () => {
    const { stopped, run } = committed();

    expect((await run('bot-0001', 'state')).output.split('\n')).toHaveLength(1);
    expect((await run('bot-0001', 'memory_limit')).output).toMatch(/^spec\.resources\.limits\.memory/);
    const { output } = await run('bot-0001', 'spec.state', '--json');
    expect(JSON.parse(output)).toMatchObject([{ field: 'spec.state', commit: stopped, or_older: false }]);
  });

  it('refuses a bot and a field that are not there', async () => {
    const { run } = committed();

    await expect(run('bot-9999')).rejects.toThrow('There is no record instances/bot-9999.yaml');
    await expect(run('bot-0001', 'colour')).rejects.toThrow('bot-0001 has no field colour');
    expect((await run()).code).toBe(2);
  });
});
