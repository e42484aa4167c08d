import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProposalPage } from '../../../server/http/schemas/proposals.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', openai_api_key: 'sk-proj-of-main-0000' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', join(server.data, 'instances.git'), ...args], { encoding: 'utf8' }).trim();
const page = async (number: number): Promise<ProposalPage> =>
  (await server.call('GET', `proposals/${number}`)).body as unknown as ProposalPage;
const propose = async (title: string, keys: object): Promise<number> => {
  const answer = await server.call('PUT', `instances/bot-alpha?propose=${encodeURIComponent(title)}`, keys);
  expect(answer.status).toBe(202);
  return Number(answer.headers.get('claworc-proposal'));
};
const takeOut = (number: number, key: string) =>
  server.call('POST', `proposals/${number}/take-key-out`, { unit: 'bot-alpha', key });
const keysOn = (ref: string): string => git('ls-tree', '-r', ref, 'secrets/');

describe('an API key of a proposal', () => {
  test('that only the proposal has is gone when it is taken out, and the proposal stays open with what else it holds', async () => {
    const number = await propose('A key', { anthropic_api_key: 'sk-ant-of-branch-0000', memory_limit: '6Gi' });
    const key = { unit: 'bot-alpha', key: 'ANTHROPIC_API_KEY', what: 'set' };
    expect((await page(number)).keys).toEqual([key]);

    expect((await takeOut(number, 'ANTHROPIC_API_KEY')).status).toBe(200);

    const { proposal, keys, effect } = await page(number);
    expect(keys).toEqual([]);
    expect(proposal).toMatchObject({ state: 'open', may_merge: true, edits: [{ state: 'proposed' }, {}] });
    expect(JSON.stringify(effect)).not.toContain('ANTHROPIC_API_KEY');
    expect(keysOn(proposal.branch)).toBe(keysOn('main'));
    expect(git('log', '-1', '--format=%s', proposal.branch)).toBe(
      `Take ANTHROPIC_API_KEY of bot-alpha out of proposal ${number}`,
    );
    expect(await takeOut(number, 'ANTHROPIC_API_KEY')).toMatchObject({ status: 404, body: { field: 'key' } });
  });

  test('that it changes or removes is as on main again, and a proposal that nothing is left of was not merged', async () => {
    const changed = await propose('Another', { openai_api_key: 'sk-proj-of-branch-0000' });
    const removed = await propose('None', { openai_api_key: null });
    expect((await page(changed)).keys).toMatchObject([{ what: 'changed' }]);
    expect((await page(removed)).keys).toMatchObject([{ what: 'removed' }]);

    for (const number of [changed, removed]) {
      expect((await takeOut(number, 'OPENAI_API_KEY')).status).toBe(200);

      const { proposal } = await page(number);
      expect(keysOn(proposal.branch)).toBe(keysOn('main'));
      expect(proposal).toMatchObject({ state: 'open', may_merge: false, bots: [] });
    }
    await server.call('PUT', 'instances/bot-alpha', { openai_api_key: 'sk-proj-of-main-0001' });
    expect((await page(changed)).keys).toEqual([]);
    const elsewhere = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
    expect(elsewhere.status).toBe(200);
    expect((await page(changed)).proposal.state).toBe('open');
  });

  test('is not taken out of a proposal that is closed, or by a body that names none', async () => {
    const number = await propose('Closed', { anthropic_api_key: 'sk-ant-of-branch-0001' });
    await server.call('POST', `proposals/${number}/close`, { edits: 'discard' });

    expect((await takeOut(number, 'ANTHROPIC_API_KEY')).status).toBe(409);
    const choices = [{ unit: 'bot-alpha', field: 'spec.image', take: 'both' }];
    const odd = await server.call('POST', `proposals/${number}/resolve`, { choices });
    expect(odd).toMatchObject({ status: 400, body: { field: 'choices[0].take' } });
  });
});
