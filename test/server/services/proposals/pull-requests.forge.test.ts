import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { forgeTest as test } from '../../../support/gitea/forge-test.ts';
import type { Forge } from '../../../support/gitea/gitea.ts';
import { createForgeRepository, type ForgeRepository } from '../../../support/gitea/repository.ts';
import { createRest } from '../../../support/gitea/rest.ts';
import type { ForgeUser } from '../../../support/gitea/users.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../../running-server.ts';

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly merged: boolean;
  readonly head: { readonly ref: string; readonly sha: string };
}

interface House {
  readonly server: TestServer;
  readonly repository: ForgeRepository;
  /** Has the remote asked now, until `check` holds of proposal 1. */
  readonly until: (check: (proposal: Proposal) => void | Promise<void>) => Promise<void>;
  readonly pulls: () => Promise<readonly Pull[]>;
  readonly bot: () => Promise<Readonly<Record<string, unknown>>>;
}

/** A server whose main is an own repository on the forge, with one bot. */
async function house(forge: Forge): Promise<House> {
  const repository = await createForgeRepository(forge, { empty: true });
  onTestFinished(() => repository[Symbol.asyncDispose]());
  const { alice } = forge.users;
  const token = join(tempFolder(), 'token');
  writeFileSync(token, `${alice.token}\n`);
  const none = { credentialHelper: undefined, sshKey: undefined, knownHosts: undefined, caFile: undefined };
  const url = repository.httpUrl();
  const server = await startTestServer({
    writeTimeoutMs: PATIENCE_MS,
    remote: { url, branch: 'main', access: { ...none, credentials: token }, environment: {} },
    forge: { remote: url, kind: 'gitea', credentials: token },
  });
  onTestFinished(async () => {
    const told = JSON.stringify(server.lines) + (await server.call('GET', 'proposals')).text;
    expect(told).not.toContain(alice.token);
    await server[Symbol.asyncDispose]();
  });
  expect((await server.call('POST', 'instances', { display_name: 'Bot Alpha' })).status).toBe(201);
  return {
    server,
    repository,
    until: (check) =>
      vi.waitFor(
        async () => {
          await server.call('POST', 'git/pull');
          server.running.context.forge?.wake();
          const { body } = await server.call('GET', 'proposals/1');
          await check((body as unknown as { proposal: Proposal }).proposal);
        },
        { timeout: PATIENCE_MS, interval: 300 },
      ),
    pulls: async () => (await repository.rest('GET', '/pulls?state=all')) as readonly Pull[],
    bot: async () => (await server.call('GET', 'instances/bot-alpha')).body,
  };
}

/** Opens a proposal with one edit, and waits for its pull request. */
async function proposed({ server, until }: House, title = 'More memory'): Promise<void> {
  await server.call('POST', 'proposals', { title, description: 'It runs out of it.' });
  const written = await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
  expect(written.status).toBe(202);
  await until(({ forge: pull }) => expect(pull).not.toBeNull());
}

/** Merges over the forge's own API, once it is done looking at the branch. */
async function mergeThere({ repository }: House, Do: string): Promise<void> {
  await vi.waitFor(() => repository.rest('POST', '/pulls/1/merge', { Do }), { timeout: PATIENCE_MS, interval: 300 });
}

function checkoutOf({ repository }: House, as: ForgeUser): string {
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', repository.httpUrl(as), checkout);
  return checkout;
}

test('a proposal has a pull request that says what it does; reviews, checks and the merge over there are seen here', async ({
  forge,
}) => {
  const at = await house(forge);
  await proposed(at);
  await at.repository.addCollaborator(forge.users.bob, 'write');
  const [pull] = await at.pulls();
  const top = `/repos/${at.repository.owner}/${at.repository.name}`;
  const bob = createRest(forge.url, forge.users.bob);
  await bob('POST', `${top}/pulls/1/reviews`, { event: 'APPROVED', body: 'fine' });
  await at.repository.rest('POST', `/statuses/${pull?.head.sha ?? ''}`, { context: 'ci/verify', state: 'success' });

  expect(pull).toMatchObject({ title: 'More memory', state: 'open', head: { ref: 'proposals/more-memory' } });
  expect(pull?.body).toMatch(/^It runs out of it\.[^]*bot-alpha[^]*restart/i);
  await at.until((proposal) => {
    expect(proposal.forge).toMatchObject({
      kind: 'gitea',
      number: 1,
      url: expect.stringContaining('/pulls/1') as string,
    });
    expect(proposal.reviews).toMatchObject([{ by: 'bob', state: 'approved' }]);
    expect(proposal.checks.map(({ name, state }) => [name, state])).toContainEqual(['ci/verify', 'ok']);
  });

  await mergeThere(at, 'merge');
  await at.until(({ state, edits }) => {
    expect(state).toBe('merged');
    expect(edits.map((edit) => edit.state)).toEqual(['published']);
  });
  expect(await at.bot()).toMatchObject({ sync: 'published', memory_limit: '8Gi' });
});

for (const way of ['squash', 'rebase']) {
  test(`what is merged over there by ${way} is published here`, async ({ forge }) => {
    const at = await house(forge);
    await proposed(at);
    await at.server.call('PUT', 'instances/bot-alpha', { display_name: 'Main went on' });

    await mergeThere(at, way);

    await at.until(({ state, edits }) => expect([state, edits[0]?.state]).toEqual(['merged', 'published']));
    expect(await at.bot()).toMatchObject({ sync: 'published', memory_limit: '8Gi', display_name: 'Main went on' });
  });
}

test('merged here it is merged by the forge with a merge commit, also where main takes no pushes', async ({
  forge,
}) => {
  const at = await house(forge);
  await at.repository.protect('main');
  await proposed(at);
  await at.until(({ may_merge: mayMerge }) => expect(mayMerge).toBe(true));

  const merged = await at.server.call('POST', 'proposals/1/merge');

  expect(merged).toMatchObject({ status: 200, body: { state: 'merged' } });
  expect((await at.pulls())[0]).toMatchObject({ merged: true });
  const checkout = checkoutOf(at, forge.users.alice);
  expect(git(checkout, 'log', '-1', '--format=%P', 'main').trim().split(' ')).toHaveLength(2);
  expect(await at.bot()).toMatchObject({ sync: 'published', memory_limit: '8Gi' });
});

test('merged here where the forge only squashes, it names its edits in the one commit', async ({ forge }) => {
  const at = await house(forge);
  await at.repository.rest('PATCH', '', {
    allow_merge_commits: false,
    allow_rebase: false,
    allow_rebase_explicit: false,
    allow_squash_merge: true,
    default_merge_style: 'squash',
  });
  await proposed(at);

  const merged = await at.server.call('POST', 'proposals/1/merge');

  expect(merged).toMatchObject({ status: 200, body: { state: 'merged', edits: [{ state: 'published' }] } });
  const checkout = checkoutOf(at, forge.users.alice);
  const [parents = '', ...message] = git(checkout, 'log', '-1', '--format=%P%n%B', 'main').split('\n');
  expect(parents.split(' ')).toHaveLength(1);
  expect(message[0]).toBe('More memory (#1)');
  expect(message.join('\n')).toContain(`Claworc-Edit: ${(merged.body as unknown as Proposal).edits[0]?.id ?? ''}`);
});

test('closed over there it is closed here with its edits kept, and opened again on both sides from here', async ({
  forge,
}) => {
  const at = await house(forge);
  await proposed(at);

  await at.repository.rest('PATCH', '/pulls/1', { state: 'closed' });

  await at.until(({ state }) => expect(state).toBe('closed'));
  expect(await at.bot()).toMatchObject({
    sync: 'failed',
    sync_reason: expect.stringContaining('Pull request 1') as string,
  });
  expect((await at.server.call('POST', 'proposals/1/reopen')).status).toBe(200);
  await at.until(({ state, edits }) => expect([state, edits[0]?.state]).toEqual(['open', 'proposed']));
  expect(await at.pulls()).toMatchObject([{ state: 'open' }]);
  expect((await at.server.call('POST', 'proposals/1/close')).status).toBe(200);
  expect(await at.pulls()).toMatchObject([{ state: 'closed' }]);
  await at.repository.rest('PATCH', '/pulls/1', { state: 'open' });
  await at.until(({ state, edits }) => expect([state, edits[0]?.state]).toEqual(['open', 'proposed']));
});

test('a pull request that a person opens is a proposal with their words, and the forge says why it does not merge it', async ({
  forge,
}) => {
  const at = await house(forge);
  await at.repository.addCollaborator(forge.users.bob, 'write');
  await at.repository.protect('main', { required_approvals: 1, enable_push: true });
  const checkout = checkoutOf(at, forge.users.bob);
  const file = join(checkout, 'instances/bot-alpha.yaml');
  const text = git(checkout, 'show', 'HEAD:instances/bot-alpha.yaml');
  writeFileSync(file, text.replace('displayName: Bot Alpha', 'displayName: Anna'));
  git(checkout, 'commit', '-qam', 'wip');
  git(checkout, 'push', '-q', 'origin', 'HEAD:anna');
  const top = `/repos/${at.repository.owner}/${at.repository.name}`;
  const words = { title: 'Call it Anna', body: 'As asked.', head: 'anna', base: 'main' };
  const rest = createRest(forge.url, forge.users.bob);
  // Gitea takes note of a pushed branch a moment after the push, and knows none of the name until then.
  await vi.waitFor(() => rest('POST', `${top}/pulls`, words), { timeout: PATIENCE_MS, interval: 200 });

  await at.until((proposal) =>
    expect(proposal).toMatchObject({
      title: 'Call it Anna',
      description: 'As asked.',
      author: 'bob',
      bots: ['bot-alpha'],
      forge: { number: 1 },
    }),
  );
  const refused = await at.server.call('POST', 'proposals/1/merge');

  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(refused.text).toMatch(/does not merge pull request 1/);
  expect((await at.pulls())[0]).toMatchObject({ merged: false });
});
