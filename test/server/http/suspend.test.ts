import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' });
const fileAt = (path: string): string => git('show', `main:${path}`);
const PLAIN = { mode: 'apply', reason: null, from: 'fleet' };

describe('suspending over the API', () => {
  test('is a commit with its reason that changes nothing that is rendered, and resuming takes it back', async () => {
    const before = { record: fileAt('instances/bot-alpha.yaml'), dist: git('rev-parse', 'main:dist') };
    expect((await server.call('GET', 'instances/bot-alpha')).body.reconcile).toEqual(PLAIN);

    const answer = await server.call('POST', 'instances/bot-alpha/suspend', { reason: 'it leaks memory' });

    expect(answer.status).toBe(200);
    expect(answer.body.reconcile).toEqual({ mode: 'suspend', reason: 'it leaks memory', from: 'record' });
    expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Suspend bot-alpha');
    expect(fileAt('instances/bot-alpha.yaml')).toContain(
      '  reconcile:\n    mode: suspend\n    reason: it leaks memory\n',
    );
    expect(git('rev-parse', 'main:dist')).toBe(before.dist);

    const detect = await server.call('POST', 'instances/bot-alpha/suspend', { mode: 'detect' });
    expect(detect.body.reconcile).toEqual({ mode: 'detect', reason: null, from: 'record' });
    expect(git('log', '-1', '--format=%s', 'main').trim()).toBe('Only compare bot-alpha');

    const resumed = await server.call('POST', 'instances/bot-alpha/resume');
    expect(resumed.body.reconcile).toEqual(PLAIN);
    expect(fileAt('instances/bot-alpha.yaml')).toBe(before.record);
    const head = git('rev-parse', 'main');
    expect((await server.call('POST', 'instances/bot-alpha/resume')).status).toBe(200);
    expect(git('rev-parse', 'main')).toBe(head);
  });

  test('takes one line as a reason, and known modes alone', async () => {
    for (const body of [{ reason: 'a\nb' }, { mode: 'apply' }, { reason: 'x'.repeat(301) }, { why: 'x' }]) {
      expect((await server.call('POST', 'instances/bot-alpha/suspend', body)).status).toBe(400);
    }
  });

  test('of the whole fleet is a setting that bots follow, and no bot is resumed by itself', async () => {
    const reconcile = { mode: 'suspend', reason: 'the storage is moved' };
    const settings = await server.call('PUT', 'settings', { reconcile });
    expect(settings.body.reconcile).toEqual(reconcile);
    expect(fileAt('claworc.yaml')).toContain('  reconcile:\n    mode: suspend\n    reason: the storage is moved\n');
    expect((await server.call('GET', 'instances/bot-beta')).body.reconcile).toEqual({ ...reconcile, from: 'fleet' });

    const refused = await server.call('POST', 'instances/bot-beta/resume');
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'bot-beta is suspended with the whole fleet (the storage is moved): claworc.yaml says so, not its record. Resume the fleet in the settings.',
    ]);

    await server.call('PUT', 'settings', { reconcile: { mode: 'apply' } });
    expect(fileAt('claworc.yaml')).not.toContain('reconcile');
    expect((await server.call('GET', 'instances/bot-beta')).body.reconcile).toEqual(PLAIN);
  });

  test('is told by the effect of a proposal, and so is what a suspended bot does not do yet', async () => {
    const { number } = (await server.call('POST', 'proposals', { title: 'Leave it alone' })).body as { number: number };
    await server.call('POST', `instances/bot-alpha/suspend?proposal=${number}`, { reason: 'wait' });
    const { body } = await server.call('GET', `proposals/${number}`);
    const { effect } = body as { effect: { bots: { name: string; words: string[] }[] } };
    const words = effect.bots.find(({ name }) => name === 'bot-alpha')?.words;
    expect(words).toEqual(['The bot is suspended (wait): nothing of it is written before it is resumed.']);
  });
});
