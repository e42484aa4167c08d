import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../server/cli/program.ts';
import { ClaworcError, messageOf } from '../../../server/lib/errors.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { recordingIo } from './checkout.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const run = async (...args: readonly string[]) => {
  const io = recordingIo();
  const { signal } = new AbortController();
  const env = { CLAWORC_SERVER: 'http://127.0.0.1:1' };
  const named = args.includes('--server') ? [] : ['--server', server.address];
  const invocation = { io, cwd: '/', env, root: '/', version: '0', signal };
  const code = await runProgram(['proposals', ...args, ...named], invocation).catch((error: unknown) => {
    io.err(messageOf(error));
    return error instanceof ClaworcError && error.code === 'usage' ? 2 : 1;
  });
  return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
};
const propose = async (title: string, body: object): Promise<string> => {
  const answer = await server.call('PUT', `instances/bot-alpha?propose=${title}`, body);
  expect(answer.status).toBe(202);
  return answer.headers.get('claworc-proposal') ?? '';
};
const stateOf = async (number: string) => (await server.call('GET', `proposals/${number}`)).body.proposal;

describe('claworc proposals', () => {
  it('lists them, shows one, closes it, opens it again and merges it', async () => {
    const number = await propose('Memory', { memory_limit: '6Gi' });

    expect(await run()).toMatchObject({
      code: 0,
      output: expect.stringContaining(`#${number} Memory (proposed, by hans@laptop, bot-alpha)`) as string,
    });
    const shown = await run(number);
    expect(shown.output).toContain('branch proposals/memory');
    expect(shown.output).toContain('check verify: ok');
    expect((await run(number, '--close')).output).toContain('(closed');
    expect((await run(number, '--merge')).code).toBe(1);
    expect((await run(number, '--reopen')).output).toContain('(proposed');
    const merged = await run(number, '--merge', '--json');
    expect(merged.code).toBe(0);
    expect(JSON.parse(merged.output)).toMatchObject({ state: 'merged' });
  });

  it('shows both values of what main changed too, whose they are, and settles them as it is told', async () => {
    const number = await propose('More', { memory_limit: '8Gi', cpu_limit: '3', display_name: 'Mine' });
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '5Gi', cpu_limit: '4', display_name: 'Theirs' });

    for (const act of ['--merge', '--update']) {
      const { code, output, errors } = await run(number, act);
      expect(code).toBe(3);
      expect(output).toMatch(
        /bot-alpha:resources\.limits\.memory\n {2}--theirs {2}5Gi {2}\(main now, hans@laptop in [0-9a-f]{7}: Change .*\)\n {2}--mine {4}8Gi {2}\(this proposal, hans@laptop in [0-9a-f]{7}: /,
      );
      expect(errors).toMatch(/^not (merged|updated): .*--mine FIELD/);
    }
    const partly = await run(number, '--mine', 'cpu_limit', '--json');
    expect(partly.code).toBe(3);
    expect(JSON.parse(partly.output)).toMatchObject({ state: 'conflict', conflicts: [{}, {}] });
    expect(await run(number, '--mine', 'image')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('image is not in conflict. In conflict: bot-alpha:') as string,
    });
    expect((await run(number, '--mine', 'cpu_limit', '--theirs', 'bot-alpha:cpu_limit')).code).toBe(2);

    const settled = await run(
      ...[
        number,
        '--mine',
        'cpu_limit',
        '--theirs',
        'bot-alpha:displayName',
        '--set',
        'spec.resources.limits.memory=7Gi',
      ],
    );

    expect(settled).toMatchObject({ code: 0, errors: '' });
    expect((await run(number, '--merge')).code).toBe(0);
    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      ...{ memory_limit: '7Gi', cpu_limit: '3', display_name: 'Theirs' },
    });
  });

  it('takes an API key out of one', async () => {
    const number = await propose('Key', {
      anthropic_api_key: 'sk-ant-of-branch-0000',
      image: 'registry.example/bot:2',
    });
    expect((await run(number)).output).toContain('key bot-alpha:ANTHROPIC_API_KEY is set');

    expect((await run(number, '--take-key-out', 'bot-alpha:ANTHROPIC_API_KEY')).code).toBe(0);

    expect((await run(number)).output).not.toContain('ANTHROPIC_API_KEY is set');
    expect((await run(number, '--close', '--discard-edits')).code).toBe(0);
    expect(await stateOf(number)).toMatchObject({ state: 'closed', edits: [{ state: 'discarded' }, {}] });
  });

  it.each([
    [['0'], 'has a number'],
    [['--merge'], 'needs the number'],
    [['1', '--merge', '--close'], 'one after the other'],
    [['1', '--merge', '--mine', 'image'], 'belong to --update'],
    [['1', '--discard-edits'], 'belongs to --close'],
    [['1', '--take-key-out', 'KEY'], 'UNIT:KEY'],
    [['--server', 'http://ada:secret@127.0.0.1/'], 'no password'],
  ])('refuses %j as wrong usage', async (args, words) => {
    const { code, errors } = await run(...args);
    expect(code).toBe(2);
    expect(errors).toContain(words);
  });

  it('says where no server answers, and what is none', async () => {
    const away = await run('--server', 'http://127.0.0.1:1');
    expect(away).toMatchObject({ code: 1, errors: expect.stringContaining('No Claworc answers at') as string });
    const other = await run('--server', `${server.address}/elsewhere`);
    expect(other.code).not.toBe(0);
  });
});
