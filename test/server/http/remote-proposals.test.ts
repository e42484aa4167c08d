import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 50 };
const ACCESS = {
  credentials: undefined,
  credentialHelper: undefined,
  sshKey: undefined,
  knownHosts: undefined,
  caFile: undefined,
};

interface Shared {
  readonly bare: string;
  readonly server: TestServer;
  /** In the remote. */
  readonly there: (...args: string[]) => string;
  /** Has the remote asked now, until `check` holds. */
  readonly until: (check: (proposals: Proposal[]) => void) => Promise<void>;
  readonly proposal: (number: number) => Promise<Proposal>;
}

async function shared(bare = join(tempFolder(), 'remote.git'), isNew = true): Promise<Shared> {
  if (isNew) git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', bare);
  const server = await startTestServer({
    writeTimeoutMs: PATIENCE_MS,
    remote: { url: bare, branch: 'main', access: ACCESS, environment: {} },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  if (isNew) await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  return {
    bare,
    server,
    there: (...args) => git(bare, ...args).trim(),
    until: (check) =>
      vi.waitFor(async () => {
        await server.call('POST', 'git/pull');
        check((await server.call('GET', 'proposals')).body as unknown as Proposal[]);
      }, PATIENCE),
    proposal: async (number) =>
      ((await server.call('GET', `proposals/${number}`)).body as unknown as { proposal: Proposal }).proposal,
  };
}

/** A person's checkout of a branch of the remote; gives the commit that `change` became on `branch` there. */
function push(bare: string, branch: string, change: { from?: string; display: string; force?: boolean }): string {
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', '-b', change.from ?? 'main', bare, checkout);
  const file = join(checkout, 'instances/bot-alpha.yaml');
  const text = git(checkout, 'show', 'HEAD:instances/bot-alpha.yaml');
  writeFileSync(file, text.replace(/displayName: .*/, `displayName: ${change.display}`));
  git(checkout, 'commit', '-qam', `Call it ${change.display}\n\nAll say so.`);
  git(checkout, 'push', '-q', ...(change.force === true ? ['--force'] : []), 'origin', `HEAD:${branch}`);
  return git(checkout, 'rev-parse', 'HEAD').trim();
}

const propose = async ({ server }: Shared, title: string, body: object = { memory_limit: '8Gi' }): Promise<void> => {
  const { number } = (await server.call('POST', 'proposals', { title })).body as unknown as Proposal;
  expect((await server.call('PUT', `instances/bot-alpha?proposal=${number}`, body)).status).toBe(202);
};

describe('with a remote, a proposal', () => {
  test('has its branch there, and its merge is pushed there with the branch removed', async () => {
    const house = await shared();
    await propose(house, 'More memory');
    const branch = 'proposals/more-memory';
    expect(house.there('show', `${branch}:dist/bot-alpha/deployment.yaml`)).toContain('memory: 8Gi');
    expect(house.there('rev-parse', branch)).toBe((await house.proposal(1)).head);

    expect((await house.server.call('POST', 'proposals/1/merge')).status).toBe(200);

    expect(house.there('log', '-1', '--format=%s', 'main')).toBe('Merge proposal 1: More memory');
    expect(house.there('for-each-ref', '--format=%(refname:short)')).toBe('main');
    const merged = await house.proposal(1);
    expect(merged).toMatchObject({ state: 'merged', bots: ['bot-alpha'], edits: [{ state: 'published' }] });
  });

  test('is what somebody pushes there, follows what they push to it, and leaves when they delete it', async () => {
    const house = await shared();
    const first = push(house.bare, 'anna', { display: 'Anna' });
    await house.until((all) => expect(all).toMatchObject([{ title: 'Call it Anna', branch: 'anna', head: first }]));

    const second = push(house.bare, 'anna', { from: 'anna', display: 'Annabel' });
    await house.until((all) => expect(all).toMatchObject([{ state: 'open', head: second }]));
    const rewritten = push(house.bare, 'anna', { display: 'Bert', force: true });
    await house.until((all) => expect(all).toMatchObject([{ state: 'open', head: rewritten }]));

    house.there('update-ref', '-d', 'refs/heads/anna');
    await house.until((all) => expect(all).toMatchObject([{ state: 'closed', bots: ['bot-alpha'] }]));
    const { edits } = await house.proposal(1);
    expect(edits.map(({ message, state }) => [message, state])).toEqual([['Call it Bert', 'closed']]);
  });

  test('takes what somebody pushed to its branch meanwhile, without force, and puts the next edit on top', async () => {
    const house = await shared();
    await propose(house, 'More memory');
    const theirs = push(house.bare, 'proposals/more-memory', { from: 'proposals/more-memory', display: 'Anna' });

    const written = await house.server.call('PUT', 'instances/bot-alpha?proposal=1', { cpu_limit: '3' });

    expect(written.status).toBe(202);
    await house.until(([one]) => expect(one?.edits.map(({ state }) => state)).toEqual(Array(3).fill('proposed')));
    const text = house.there('show', 'proposals/more-memory:instances/bot-alpha.yaml');
    expect(text).toContain('displayName: Anna');
    expect(text).toContain('memory: 8Gi');
    expect(text).toContain('cpu: "3"');
    expect(house.there('merge-base', theirs, 'proposals/more-memory')).toBe(theirs);
  });

  test('whose branch somebody rewrote without an edit says so, and keeps the edit', async () => {
    const house = await shared();
    await propose(house, 'More memory');

    push(house.bare, 'proposals/more-memory', { display: 'Anna', force: true });

    await house.until(([one]) => expect(one?.edits.map(({ state }) => state)).toContain('failed'));
    const bot = (await house.server.call('GET', 'instances/bot-alpha')).body;
    expect(bot).toMatchObject({ sync: 'failed', sync_reason: expect.stringContaining('rewrote the branch') as string });
  });

  test('is not merged where main is protected, and says what to do', async () => {
    const house = await shared();
    await propose(house, 'More memory');
    const main = house.there('rev-parse', 'main');
    const hook = join(house.bare, 'hooks', 'update');
    writeFileSync(
      hook,
      '#!/bin/sh\n[ "$1" = refs/heads/main ] || exit 0\necho "GH006: Protected branch update failed" >&2\nexit 1\n',
    );
    chmodSync(hook, 0o755);

    const refused = await house.server.call('POST', 'proposals/1/merge');

    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(refused.text).toMatch(/Merge the branch proposals\/more-memory over there/);
    expect(house.there('rev-parse', 'main')).toBe(main);
    expect((await house.proposal(1)).state).toBe('open');
    expect((await house.server.call('GET', 'git')).body).toMatchObject({ state: 'following' });
  });

  test('whose branch the remote does not take says why, and goes there once it does', async () => {
    const house = await shared();
    const hook = join(house.bare, 'hooks', 'update');
    writeFileSync(hook, '#!/bin/sh\necho "no branches on Fridays" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    await house.server.call('POST', 'proposals', { title: 'More memory' });
    const written = house.server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    await house.until(([one]) => expect(one?.waits_for).toContain('no branches on Fridays'));

    writeFileSync(hook, '#!/bin/sh\n');

    await house.until(([one]) => expect(one).toMatchObject({ waits_for: '', edits: [{ state: 'proposed' }] }));
    expect((await written).status).toBe(202);
    expect(house.there('log', '--format=%s', 'main..proposals/more-memory').split('\n')).toHaveLength(1);
  });
});

describe('two servers on one remote', () => {
  test('see each other’s proposals, never share a branch for two of them, and both see a merge', async () => {
    const one = await shared();
    const other = await shared(one.bare, false);
    await one.server.call('POST', 'proposals', { title: 'More memory' });
    await propose(other, 'More memory', { cpu_limit: '3' });
    await one.server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    await one.until((all) => expect(all.map(({ edits }) => edits.length)).toEqual([1, 1]));
    await other.until((all) => expect(all.map(({ edits }) => edits.length)).toEqual([1, 1]));

    const all = (await one.server.call('GET', 'proposals')).body as unknown as Proposal[];
    expect(all.map(({ branch }) => branch).sort()).toEqual(['proposals/more-memory', 'proposals/more-memory-2']);
    expect((await one.server.call('POST', 'proposals/1/merge')).status).toBe(200);
    await other.until((seen) => expect(seen.map(({ state }) => state).sort()).toEqual(['merged', 'open']));
    expect((await other.server.call('POST', 'proposals/1/merge')).status).toBe(200);
    await one.until((seen) => expect(seen.map(({ state }) => state)).toEqual(['merged', 'merged']));
    expect(one.there('for-each-ref', '--format=%(refname:short)')).toBe('main');
  });
});
