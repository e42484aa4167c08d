import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../server/http/schemas/effect.ts';
import { runProgram } from '../../../server/cli/program.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, recordingIo } from './checkout.ts';

const RECORD = 'instances/bot-0001.yaml';

async function committed(size: number) {
  const checkout = checkoutOf(size);
  await checkout.synth();
  git(checkout.folder, 'init', '-q', '-b', 'main');
  const commit = (message: string): string => {
    git(checkout.folder, 'add', '-A');
    git(checkout.folder, 'commit', '-q', '-m', message);
    return git(checkout.folder, 'rev-parse', 'HEAD').trim();
  };
  commit('first');
  const run = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const code = await runProgram(['diff', ...args], {
      io,
      env: {},
      cwd: checkout.folder,
      root: '/',
      version: '0',
      signal,
    });
    return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
  };
  const stop = () => {
    const text = checkout.read(RECORD);
    checkout.put(RECORD, text.replace('spec:', 'spec:\n  state: stopped'));
  };
  return { ...checkout, commit, run, stop };
}

describe('claworc diff', () => {
  it('compares the work tree with where it left main, and exits with 0 for nothing and 3 for a change', async () => {
    const checkout = await committed(2);
    expect(await checkout.run()).toMatchObject({ code: 0, output: 'diff: nothing changes' });
    git(checkout.folder, 'checkout', '-q', '-b', 'mine');
    checkout.stop();
    await checkout.synth();
    checkout.commit('stop');

    const { code, output } = await checkout.run();

    expect(code).toBe(3);
    expect(output).toMatch(
      /^bot-0001 {2}configure\n {2}The bot stops; its objects and volumes stay\.\n {4}spec\.state: unset → stopped {2}\(instances\/bot-0001\.yaml:8\)\n--- a\/dist/,
    );
    expect(output).toMatch(/diff: 1 bot stops; CPU .* → .*; memory .* → /);
  });

  it('fails for dist/ that alone was changed, as verify does: it was called behind, and nothing changed', async () => {
    const checkout = await committed(2);
    const deployment = 'dist/bot-0001/deployment.yaml';
    checkout.put(deployment, checkout.read(deployment).replace('replicas: 1', 'replicas: 3'));
    const wrong = `error: ${deployment}:15: is not what ${RECORD} renders to: there it says \`replicas: 1\` (run synth)`;

    expect(await checkout.run()).toMatchObject({ code: 1, output: `${wrong}\ndiff: nothing changes; 1 error` });

    checkout.stop();
    const { code, output } = await checkout.run();
    expect(code).toBe(3);
    expect(output).toContain('dist/ is behind for bot-0001');
  });

  it('tells the rendering of a record that alone was changed, and whose dist/ is behind', async () => {
    const checkout = await committed(2);
    checkout.stop();

    const { code, output } = await checkout.run();

    expect(code).toBe(3);
    expect(output).toContain('dist/ is behind for bot-0001: run `claworc synth` and commit');
    expect(output).toContain('-  replicas: 1\n+  replicas: 0');
  });

  it('compares from where a branch left main, whatever main did since', async () => {
    const checkout = await committed(2);
    git(checkout.folder, 'checkout', '-q', '-b', 'mine');
    checkout.stop();
    await checkout.synth();
    const mine = checkout.commit('stop');
    git(checkout.folder, 'checkout', '-q', 'main');
    checkout.put('instances/bot-0000.yaml', checkout.read('instances/bot-0000.yaml').replace('Bot 0', 'Bot zero'));
    await checkout.synth();
    checkout.commit('rename');

    const names = async (range: string) =>
      (JSON.parse((await checkout.run(range, '--format', 'json')).output) as Effect).bots.map(({ name }) => name);

    expect(await names(`main...${mine}`)).toEqual(['bot-0001']);
    expect(await names(`main..${mine}`)).toEqual(['bot-0001', 'bot-0000']);
    expect(await names('HEAD~1..HEAD')).toEqual(['bot-0000']);
  });

  it('exits with 1 for what is wrong at the newer end, with a workflow command at file and line', async () => {
    const checkout = await committed(2);
    checkout.put(RECORD, checkout.read(RECORD).replace('clawd: 5Gi', 'clawd: 5GB'));

    const { code, output } = await checkout.run('--format', 'github');

    expect(code).toBe(1);
    expect(output).toMatch(
      /^::error file=instances\/bot-0001\.yaml,line=\d+,title=claworc::spec\.storage\.clawd "5GB" is not/m,
    );
  });

  it('names a commit that is not there, and takes no option for one', async () => {
    const checkout = await committed(1);

    await expect(checkout.run('nowhere..HEAD')).rejects.toThrow(/"nowhere" is no commit of this repository/);
    await expect(checkout.run('--', '--all..HEAD')).rejects.toThrow(/"--all" is no commit of this repository/);
  });

  it('puts the folder of the instances repo in front of the paths that it names', async () => {
    const outer = await committed(1);
    git(outer.folder, 'mv', RECORD.replace('0001', '0000'), 'x.yaml');
    git(outer.folder, 'reset', '-q', '--hard');
    for (const [path, text] of outer.files()) outer.put(`fleets/eu/${path}`, text);
    outer.commit('nested');
    const path = 'fleets/eu/instances/bot-0000.yaml';
    outer.put(path, outer.read(path).replace('Bot 0', 'Bot zero'));

    const { output } = await outer.run('--path', 'fleets/eu', '--format', 'github');

    expect(output).toMatch(/^::notice file=fleets\/eu\/instances\/bot-0000\.yaml,line=8,title=bot-0000::/);
  });
});
