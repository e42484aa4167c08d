import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RestorePreview } from '../../../server/http/schemas/history.ts';
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

const bare = (): string => join(server.data, 'instances.git');
const main = (): string => gitIn(bare(), 'rev-parse', 'main').trim();
const shown = (path: string): string => gitIn(bare(), 'show', `main:${path}`);
const subject = (): string => gitIn(bare(), 'log', '-1', '--format=%s', 'main').trim();
const put = (body: unknown): Promise<Answer> => server.call('PUT', 'instances/bot-alpha', body);
const restore = (to: string, headers: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', 'instances/bot-alpha/restore', { to }, headers);
const preview = async (to: string): Promise<RestorePreview> =>
  (await server.call('POST', 'instances/bot-alpha/restore/preview', { to })).body as unknown as RestorePreview;

/** The server has read what somebody pushed. */
const imported = (): Promise<void> =>
  vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(main()), { timeout: PATIENCE_MS });

describe('a restored bot', () => {
  test('has the record of that commit again, as a new commit with what it renders, which was shown before', async () => {
    const then = main();
    const record = shown('instances/bot-alpha.yaml');
    await put({ memory_limit: '8Gi', display_name: 'Alpha the Great' });
    const before = main();

    const { message, effect, files } = await preview(then);
    expect(main()).toBe(before);
    const answer = await restore(then);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ memory_limit: '4Gi', display_name: 'Bot Alpha', sync: 'published' });
    expect(shown('instances/bot-alpha.yaml')).toBe(record);
    expect(shown('dist/bot-alpha/deployment.yaml')).toContain('memory: 4Gi');
    expect(subject()).toBe(`Restore bot-alpha to ${then.slice(0, 7)}`);
    expect(message).toBe(subject());
    expect(effect.bots[0]?.words[0]).toContain('limits.memory 8Gi → 4Gi');
    expect(files.map(({ path }) => path)).toEqual(['instances/bot-alpha.yaml']);
  });

  test('as it is already makes no commit', async () => {
    const head = main();

    expect(await preview(head)).toMatchObject({ files: [], effect: { bots: [] } });
    expect((await restore(head)).status).toBe(200);

    expect(main()).toBe(head);
  });

  test('keeps what main changed since the person looked, and what both changed is a conflict with both values', async () => {
    await put({ memory_limit: '5Gi' });
    const then = main();
    await put({ memory_limit: '8Gi' });
    const seen = main();
    await put({ cpu_limit: '3' });

    expect((await restore(then, { 'if-match': `"${seen}"` })).status).toBe(200);
    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      memory_limit: '5Gi',
      cpu_limit: '3',
    });

    await put({ memory_limit: '8Gi' });
    const seenAgain = main();
    await put({ memory_limit: '16Gi' });
    const refused = await restore(then, { 'if-match': `"${seenAgain}"` });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ field: 'memory_limit', theirs: '16Gi', base: '8Gi', mine: '5Gi' });
  });

  test('keeps volumes that have grown, the time of its last restart and its keys, and says so', async () => {
    await put({ api_keys: { TEAM_TOKEN: 'the-first-token-of-many' } });
    const then = main();
    await put({ storage_chrome: '50Gi', memory_limit: '8Gi', api_keys: { TEAM_TOKEN: 'the-second-token-of-all' } });
    await server.call('POST', 'instances/bot-alpha/restart');
    const key = shown('secrets/bot-alpha/team-token.yaml');

    const { notes } = await preview(then);
    const answer = await restore(then);

    expect(answer.body).toMatchObject({ storage_chrome: '50Gi', memory_limit: '4Gi' });
    expect(shown('instances/bot-alpha.yaml')).toContain('restartedAt');
    expect(shown('secrets/bot-alpha/team-token.yaml')).toBe(key);
    expect(notes).toEqual([
      expect.stringMatching(/^The size of volume chrome stays: 50Gi can't shrink to /),
      'The key TEAM_TOKEN keeps the value that it has now.',
      'What is in its volumes stays as it is now: git holds settings, and no data.',
    ]);
  });

  test('gets other node ports where somebody has its own now', async () => {
    await put({ vnc_exposure: 'nodePort' });
    const then = main();
    await put({ vnc_exposure: 'proxy' });
    await server.call('POST', 'instances', { display_name: 'Bot Beta', vnc_exposure: 'nodePort' });

    const { notes } = await preview(then);
    const { body } = await restore(then);

    expect(body).toMatchObject({ vnc_exposure: 'nodePort', nodeport_chrome: 30102, nodeport_terminal: 30103 });
    expect(notes[0]).toBe('The node ports 30100 and 30101 are taken by bot-beta: its screens get 30102 and 30103.');
  });

  test('is checked by the rules of today: an image that is no longer allowed is refused with its field', async () => {
    await put({ image: 'registry.example/old:1' });
    const then = main();
    await put({ image: 'ghcr.io/acme/bot:1' });
    const checkout = join(tempFolder(), 'checkout');
    gitIn(server.data, 'clone', '-q', bare(), checkout);
    const fleetImage = /image: (\S+)/.exec(shown('claworc.yaml'))?.[1] ?? '';
    execFileSync(
      'sh',
      [
        '-c',
        `printf '  policy:\\n    allowedImages:\\n      - ghcr.io/acme\\n      - ${fleetImage}\\n' >> claworc.yaml`,
      ],
      { cwd: checkout },
    );
    gitIn(checkout, 'commit', '-qam', 'Only our images');
    gitIn(checkout, 'push', '-q');
    await imported();

    const answer = await restore(then);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ field: 'image', code: 'invalid' });
    expect(answer.body.detail).toContain('outside spec.policy.allowedImages');
  });

  test('goes to a proposal, and leaves main alone', async () => {
    const then = main();
    await put({ memory_limit: '8Gi' });
    const before = main();
    await server.call('POST', 'proposals', { title: 'Back' });

    const answer = await server.call('POST', 'instances/bot-alpha/restore?proposal=1', { to: then });

    expect([answer.status, answer.body.sync]).toEqual([202, 'proposed']);
    expect(main()).toBe(before);
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect((await server.call('GET', 'instances/bot-alpha')).body.memory_limit).toBe('4Gi');
  });
});

describe('a bot that was deleted', () => {
  test('comes back with its record and its keys, without a tombstone, and what of its data is left is said', async () => {
    await put({ memory_limit: '8Gi', api_keys: { TEAM_TOKEN: 'the-first-token-of-many' } });
    const then = main();
    const key = shown('secrets/bot-alpha/team-token.yaml');
    await server.call('DELETE', 'instances/bot-alpha');

    const { notes, effect } = await preview(then);
    const answer = await restore(then);

    expect(answer.body).toMatchObject({ name: 'bot-alpha', memory_limit: '8Gi', sync: 'published' });
    expect(shown('secrets/bot-alpha/team-token.yaml')).toBe(key);
    expect(gitIn(bare(), 'ls-tree', '--name-only', 'main', 'tombstones/')).toBe('');
    expect(effect.bots[0]).toMatchObject({ name: 'bot-alpha', action: 'create' });
    expect(notes).toEqual([
      'It takes over what was kept of its volumes; without a cluster nobody can say whether that is still there.',
    ]);
  });

  test('comes back as a person wrote it, comments included', async () => {
    const checkout = join(tempFolder(), 'checkout');
    gitIn(server.data, 'clone', '-q', bare(), checkout);
    const record = shown('instances/bot-alpha.yaml').replace(/^spec:/m, '# the one that answers customers\nspec:');
    writeFileSync(join(checkout, 'instances/bot-alpha.yaml'), record);
    gitIn(checkout, 'commit', '-qam', 'What it is for');
    gitIn(checkout, 'push', '-q', 'origin', 'HEAD:main');
    await imported();
    const then = main();
    await server.call('DELETE', 'instances/bot-alpha');

    expect((await restore(then)).status).toBe(200);

    expect(shown('instances/bot-alpha.yaml')).toBe(record);
  });

  test('with its data begins with empty volumes, and says so', async () => {
    const then = main();
    await server.call('DELETE', 'instances/bot-alpha?data=destroy');

    expect((await preview(then)).notes).toEqual([
      'Its volumes were destroyed with it, and stay destroyed: it begins with empty ones.',
    ]);
  });

  test('comes back without a key that was sealed for others than today’s recipients', async () => {
    await put({ api_keys: { TEAM_TOKEN: 'the-first-token-of-many' } });
    const then = main();
    await server.call('DELETE', 'instances/bot-alpha');
    const checkout = join(tempFolder(), 'checkout');
    gitIn(server.data, 'clone', '-q', bare(), checkout);
    const other = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    execFileSync('sed', ['-i', `s/age1[a-z0-9]*/${other}/`, 'claworc.yaml'], { cwd: checkout });
    gitIn(checkout, 'commit', '-qam', 'Another identity');
    gitIn(checkout, 'push', '-q');
    await imported();
    await server.call('POST', 'settings/recipients/accept', { recipients: [other] });

    const { notes } = await preview(then);
    await restore(then);

    expect(notes[0]).toBe("Its key TEAM_TOKEN was sealed for other recipients than today's: set it again.");
    expect(gitIn(bare(), 'ls-tree', '--name-only', 'main', 'secrets/bot-alpha/')).toBe('');
  });
});

describe('a restore is refused', () => {
  test('to a commit without the bot, and to one that no branch has', async () => {
    await server.call('POST', 'instances', { display_name: 'Bot Beta' });
    const first = gitIn(bare(), 'rev-list', '--max-parents=0', 'main').trim();

    const without = await restore(first);
    const unknown = await restore('1234567890');

    expect([without.status, without.body.field]).toEqual([404, 'to']);
    expect(without.body.detail).toContain(`there was no bot bot-alpha`);
    expect([unknown.status, unknown.body.field]).toEqual([404, 'to']);
  });

  test('to a commit whose record is none by the schema of today, with the field', async () => {
    const checkout = join(tempFolder(), 'checkout');
    gitIn(server.data, 'clone', '-q', bare(), checkout);
    execFileSync('sed', ['-i', 's/^  displayName/  runtime: moltbot1\\n  displayName/', 'instances/bot-alpha.yaml'], {
      cwd: checkout,
    });
    gitIn(checkout, 'commit', '-qam', 'A runtime of the past');
    gitIn(checkout, 'push', '-q', 'origin', 'HEAD:past');
    const then = gitIn(checkout, 'rev-parse', 'HEAD').trim();

    const answer = await restore(then);

    expect([answer.status, answer.body.code]).toEqual([400, 'invalid']);
    expect(answer.body.detail).toMatch(/none by today's rules: line \d+: spec\.runtime/);
  });
});
