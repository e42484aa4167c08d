import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { ClaworcError, messageOf } from '../../../server/lib/errors.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startGitHubLike } from '../forge/github-like.ts';
import { recordingIo } from './checkout.ts';

async function claworc(folder: string, ...args: readonly string[]) {
  const io = recordingIo();
  const { signal } = new AbortController();
  const invocation = { io, cwd: folder, env: {}, root: folder, version: '0', signal };
  const code = await runProgram(args, invocation).catch((error: unknown) => {
    io.err(messageOf(error));
    return error instanceof ClaworcError && error.code === 'usage' ? 2 : 1;
  });
  return { code, output: [...io.output, ...io.errors].join('\n') };
}

const GITHUB = ['--remote', 'https://github.com/acme/bots', '--forge-token-file', 'token'];

describe('claworc pull-request and comment', () => {
  it.each([
    ['Name the branch with --head', ['pull-request', ...GITHUB]],
    ['Name the branch with --head', ['pull-request', '--head', 'a', '--number', '1', ...GITHUB]],
    ['need the --number', ['pull-request', '--head', 'a', '--merge', 'squash', ...GITHUB]],
    ['needs the --commit', ['pull-request', '--number', '1', '--merge', 'squash', ...GITHUB]],
    ['whole id', ['pull-request', '--number', '1', '--merge', 'squash', '--commit', '4f2c', ...GITHUB]],
    ['needs a --title', ['pull-request', '--head', 'a', ...GITHUB]],
    ['Name the repository with --remote', ['pull-request', '--number', '1']],
    ['Nothing opens the forge', ['pull-request', '--number', '1', '--remote', 'https://github.com/acme/bots']],
    ['--forge-app and --forge-app-key together', ['pull-request', '--number', '1', '--forge-app', '1', ...GITHUB]],
    ['the file of the text with --body', ['comment', '--number', '1', ...GITHUB]],
    ["--body: the file isn't there", ['comment', '--number', '1', '--body', 'none.md', ...GITHUB]],
    ["--forge-token-file: the file isn't there", ['pull-request', '--number', '1', ...GITHUB]],
  ])('are explained, not tried: %s', async (words, args) => {
    const { code, output } = await claworc(tempFolder(), ...args);

    expect(output).toContain(words);
    expect(code).toBe(2);
  });

  it('open, comment and merge, and end with 3 where the forge does not merge', async () => {
    const github = await startGitHubLike();
    const folder = tempFolder();
    writeFileSync(join(folder, 'token'), 'ghp_canary\n');
    writeFileSync(join(folder, 'effect.md'), 'bot-alpha restarts');
    const forge = ['--remote', 'git@github.example:acme/bots', '--forge', 'github', '--forge-url', github.url];
    const run = (...args: readonly string[]) => claworc(folder, ...args, ...forge, '--forge-token-file', 'token');
    const at = ['--number', '1', '--merge', 'squash', '--commit'];

    const opened = await run('pull-request', '--head', 'change', '--title', 'T', '--description', 'effect.md');
    const said = await run('comment', '--number', '1', '--body', 'effect.md', '--json');
    const moved = await run('pull-request', ...at, 'b'.repeat(40));
    const merged = await run('pull-request', ...at, 'a'.repeat(40));
    github.empty.add('nothing');
    const nothing = await run('pull-request', '--head', 'nothing', '--title', 'T');

    expect(opened).toEqual({ code: 0, output: 'opened 1: https://github.example/acme/bots/pull/1' });
    expect(said).toEqual({ code: 0, output: '{"number":1,"outcome":"created"}' });
    expect(moved.code).toBe(3);
    expect(merged).toEqual({ code: 0, output: 'merged 1 as eeeeeeee' });
    expect(nothing).toEqual({ code: 0, output: 'nothing has nothing that main has not: no effective change' });
  });

  it('take the credentials of the remote where no token was named', async () => {
    const github = await startGitHubLike();
    const folder = tempFolder();
    writeFileSync(join(folder, 'credentials'), 'https://me:ghp_of_remote@github.example\n');
    const named = ['--remote', 'https://github.example/acme/bots', '--remote-credentials', 'credentials'];

    await claworc(
      folder,
      'comment',
      '--number',
      '1',
      '--body',
      'credentials',
      '--forge',
      'github',
      '--forge-url',
      github.url,
      ...named,
    );

    expect(github.asked[0]?.headers.authorization).toBe('Bearer ghp_of_remote');
  });
});
