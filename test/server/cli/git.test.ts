import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { ClaworcError, messageOf } from '../../../server/lib/errors.ts';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { recordingIo } from './checkout.ts';

async function claworc(data: string, ...args: readonly string[]) {
  const io = recordingIo();
  const invocation = { io, cwd: data, env: {}, root: data, version: '0', signal: new AbortController().signal };
  const code = await runProgram(['git', '--data', data, ...args], invocation).catch((error: unknown) => {
    io.err(messageOf(error));
    return error instanceof ClaworcError && error.code === 'usage' ? 2 : 1;
  });
  return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
}

/** A data folder that a server worked with, and the remote that it follows. */
async function worked() {
  const data = join(tempFolder(), 'data');
  const bare = join(tempFolder(), 'team.git');
  git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', bare);
  const remote = { url: bare, branch: 'main', access: {}, environment: {} };
  const start = (): Promise<TestServer> => startTestServer({ data, remote, writeTimeoutMs: PATIENCE_MS });
  const server = await start();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  await server[Symbol.asyncDispose]();
  const main = (): string => git(bare, 'rev-parse', 'main').trim();
  return { data, bare, start, main, run: (...args: readonly string[]) => claworc(data, '--remote', bare, ...args) };
}

describe('claworc git', () => {
  it('tells how main stands while no server runs, and sends people to the server that does', async () => {
    const { data, bare, start, main, run } = await worked();

    expect(await run()).toEqual({
      code: 0,
      output: `main is main of ${bare}\nhere it is at ${main()}\nfollowed: nothing stands in the way`,
      errors: '',
    });
    await using _server = await start();
    expect(await run()).toMatchObject({ code: 1, errors: expect.stringContaining('its settings page') as string });
    expect(await claworc(join(data, 'other'))).toMatchObject({ code: 1 });
  });

  it('shows what a rewritten main has and has not, and goes on from the head that a person names', async () => {
    const { bare, start, main, run } = await worked();
    const ours = main();
    git(bare, 'update-ref', 'refs/heads/main', `${ours}~1`);
    const theirs = main();

    const seen = await run();
    expect(seen.code).toBe(3);
    expect(seen.output).toContain('The history of main was rewritten');
    expect(seen.output).toContain('Create bot-beta');
    expect(seen.output).toContain(`claworc git --accept-head ${theirs}`);
    expect(await run('--accept-head', ours)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('look again') as string,
    });
    expect((await run()).code).toBe(3);

    expect(await run('--accept-head', theirs)).toMatchObject({ code: 0 });
    expect(main()).toBe(theirs);
    expect(await run('--accept-head', theirs)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('not rewritten') as string,
    });
    await using server = await start();
    const rows = (await server.call('GET', 'instances')).body as unknown as { name: string }[];
    expect(rows.map(({ name }) => name)).toEqual(['bot-alpha']);
    expect((await server.call('GET', 'git')).body.state).toBe('following');
  });

  it('pushes main back to a remote that lost its branch', async () => {
    const { bare, main, run } = await worked();
    const ours = main();
    git(bare, 'update-ref', '-d', 'refs/heads/main');

    const seen = await run();
    expect(seen).toMatchObject({ code: 3, output: expect.stringContaining('--restore-branch') as string });

    expect(await run('--restore-branch')).toMatchObject({ code: 0 });
    expect(main()).toBe(ours);
    expect((await run('--restore-branch')).code).toBe(1);
  });

  it('says with 1 that a remote is away, and in JSON what it says in words', async () => {
    const { data, bare, run } = await worked();
    git(data, 'init', '-q', '--bare', 'elsewhere.git');

    const { code, output } = await claworc(data, '--remote', `${bare}.away`, '--json');

    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ state: 'remote', trouble: 'not_found', sides: null, drafts: 0 });
    expect((await run('--accept-head', 'main')).code).toBe(2);
  });
});
