import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Comparison } from '../../../server/http/schemas/history.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterEach(async () => server[Symbol.asyncDispose]());

const main = (): string => gitIn(join(server.data, 'instances.git'), 'rev-parse', 'main').trim();
const compare = (from: string, to: string, bot?: string): Promise<Answer> =>
  server.call('GET', `${bot === undefined ? '' : `instances/${bot}/`}compare?from=${from}&to=${to}`);
const told = (answer: Answer): Comparison => answer.body as unknown as Comparison;

describe('two commits of main', () => {
  test('are compared for one bot: words, fields, its record and its manifests, and nothing of other bots', async () => {
    const from = main();
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
    await server.call('POST', 'instances', { display_name: 'Bot Beta' });
    const to = main();

    const answer = await compare(from, to, 'bot-alpha');

    expect(answer.status).toBe(200);
    const { effect, files, is_newer, from: older, to: newer } = told(answer);
    expect([older.commit, newer.commit, is_newer]).toEqual([from, to, true]);
    expect(newer.message).toBe('Create bot-beta');
    expect(effect.bots.map(({ name }) => name)).toEqual(['bot-alpha']);
    expect(effect.bots[0]?.words[0]).toContain('limits.memory 4Gi → 6Gi');
    expect(effect.bots[0]?.fields).toMatchObject([
      { field: 'spec.resources.limits.memory', before: null, after: '6Gi' },
    ]);
    expect(effect.bots[0]?.objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(files.map(({ path }) => path)).toEqual(['instances/bot-alpha.yaml']);
    expect(files[0]?.patch).toContain('+      memory: 6Gi');
  });

  test('are compared the other way round, and for the whole fleet, by the beginning of their ids', async () => {
    const from = main();
    await server.call('PUT', 'settings', { image: 'registry.example/bot:2' });
    await server.call('POST', 'instances', { display_name: 'Bot Beta' });
    const to = main();

    const answer = await compare(to.slice(0, 10), from.slice(0, 10));

    const { effect, is_newer, files } = told(answer);
    expect(is_newer).toBe(false);
    expect(effect.bots.map(({ name, action, restart }) => [name, action, restart])).toEqual([
      ['bot-beta', 'remove', 'stop'],
      ['bot-alpha', 'configure', 'restart'],
      ['fleet', 'configure', 'no'],
    ]);
    expect(files.map(({ path }) => path)).toEqual(['claworc.yaml', 'instances/bot-beta.yaml']);
  });

  test('show no sealed key', async () => {
    const from = main();
    await server.call('PUT', 'instances/bot-alpha', { api_keys: { TEAM_TOKEN: 'a-token-of-many-letters' } });

    const answer = await compare(from, main(), 'bot-alpha');

    expect(told(answer).effect.bots[0]?.fields).toMatchObject([{ field: 'TEAM_TOKEN', before: null, after: '****' }]);
    expect(answer.text).not.toContain('a-token-of-many-letters');
    expect(told(answer).effect.bots[0]?.objects.find(({ kind }) => kind === 'Secret')?.patch).not.toMatch(
      /data: ?ENC\[[^\]*]{60}/,
    );
  });

  test('tell of a bot that main has no more, and that it is gone', async () => {
    const from = main();
    await server.call('DELETE', 'instances/bot-alpha');

    const { effect } = told(await compare(from, main(), 'bot-alpha'));

    expect(effect.bots).toMatchObject([{ name: 'bot-alpha', action: 'remove', data: 'kept' }]);
  });
});

describe('commits that are not on main', () => {
  test('are compared where a proposal has them', async () => {
    await server.call('POST', 'proposals', { title: 'More memory' });
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    const { head } = (await server.call('GET', 'proposals/1')).body.proposal as { head: string };

    const answer = await compare(main(), head, 'bot-alpha');

    expect(told(answer).effect.bots[0]?.words[0]).toContain('limits.memory 4Gi → 8Gi');
  });

  test('are refused where no branch has them, and so is an id that nothing has; both say which', async () => {
    const bare = join(server.data, 'instances.git');
    const tree = gitIn(bare, 'rev-parse', 'main^{tree}').trim();
    const loose = gitIn(bare, 'commit-tree', '-m', 'Loose', tree).trim();

    const [apart, unknown] = [await compare(main(), loose), await compare('1234567890', main())];

    expect([apart.status, apart.body.field]).toEqual([404, 'to']);
    expect(apart.body.detail).toContain('No branch has the commit');
    expect([unknown.status, unknown.body.field]).toEqual([404, 'from']);
    expect((await compare('main', 'HEAD')).status).toBe(400);
  });

  test('are refused for a bot that neither of them knows', async () => {
    const answer = await compare(main(), main(), 'bot-nobody');

    expect([answer.status, answer.body.detail]).toEqual([404, 'Neither of the two commits knows a bot bot-nobody.']);
  });
});

test('a record that can no longer be read is told as what holds the bot, and not as a failure', async () => {
  const checkout = join(tempFolder(), 'checkout');
  gitIn(server.data, 'clone', '-q', join(server.data, 'instances.git'), checkout);
  const from = main();
  writeFileSync(join(checkout, 'instances/bot-alpha.yaml'), 'kind: BotInstance\n');
  gitIn(checkout, 'commit', '-qam', 'Break it');
  const to = gitIn(checkout, 'rev-parse', 'HEAD').trim();
  execFileSync('git', ['push', '-q', 'origin', 'HEAD:broken'], { cwd: checkout });

  const { effect } = told(await compare(from, to, 'bot-alpha'));

  expect(effect.problems.map(({ file }) => file)).toContain('instances/bot-alpha.yaml');
});
