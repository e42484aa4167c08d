import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { GitState } from '../../../../server/http/schemas/git-state.ts';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { forgeTest as test } from '../../../support/gitea/forge-test.ts';
import type { Forge } from '../../../support/gitea/gitea.ts';
import { createForgeRepository, type ForgeRepository } from '../../../support/gitea/repository.ts';
import { createRest } from '../../../support/gitea/rest.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../../running-server.ts';

interface House {
  readonly server: TestServer;
  readonly repository: ForgeRepository;
  /** Puts a token into the file that the server reads. */
  readonly putToken: (token: string) => void;
  /** How main stands once the remote was asked, until `check` holds. */
  readonly untilGit: (check: (state: GitState) => void) => Promise<void>;
  readonly proposal: () => Promise<Proposal>;
}

/** A server whose main is on the forge, with one bot, as a user whose token is `token`. */
async function house(forge: Forge, token = forge.users.alice.token): Promise<House> {
  const repository = await createForgeRepository(forge, { empty: true, private: true });
  onTestFinished(() => repository[Symbol.asyncDispose]());
  const file = join(tempFolder(), 'token');
  const putToken = (text: string): void => writeFileSync(file, `${text}\n`);
  putToken(token);
  const none = { credentialHelper: undefined, sshKey: undefined, knownHosts: undefined, caFile: undefined };
  const url = repository.httpUrl();
  const server = await startTestServer({
    writeTimeoutMs: PATIENCE_MS,
    remote: { url, branch: 'main', access: { ...none, credentials: file }, environment: {} },
    forge: { remote: url, kind: 'gitea', credentials: file },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  expect((await server.call('POST', 'instances', { display_name: 'Bot Alpha' })).status).toBe(201);
  return {
    server,
    repository,
    putToken,
    untilGit: (check) =>
      vi.waitFor(
        async () => {
          server.running.context.forge?.wake();
          check((await server.call('POST', 'git/pull')).body as unknown as GitState);
        },
        { timeout: PATIENCE_MS, interval: 300 },
      ),
    proposal: async () =>
      ((await server.call('GET', 'proposals/1')).body as unknown as { proposal: Proposal }).proposal,
  };
}

const memoryOf = async ({ server }: House): Promise<unknown> =>
  (await server.call('GET', 'instances/bot-alpha')).body.memory_limit;

/** Somebody else's commit on main. */
function pushMemory({ repository }: House, forge: Forge, memory: string): void {
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', repository.httpUrl(forge.users.bob), checkout);
  const record = 'instances/bot-alpha.yaml';
  const text = git(checkout, 'show', `HEAD:${record}`);
  writeFileSync(
    join(checkout, record),
    text.replace('spec:', `spec:\n  resources:\n    limits:\n      memory: ${memory}`),
  );
  git(checkout, 'commit', '-qam', `Memory ${memory}`);
  git(checkout, 'push', '-q', 'origin', 'HEAD:main');
}

test('a token that expires is told by git and forge, edits wait, and the next one in the file lets all go on', async ({
  forge,
}) => {
  const { alice } = forge.users;
  const basic = createRest(forge.url, { name: alice.name, password: alice.password });
  const name = `expiring-${Date.now()}`;
  const made = (await basic('POST', `/users/${alice.name}/tokens`, { name, scopes: ['all'] })) as { sha1: string };
  const at = await house(forge, made.sha1);
  await at.untilGit(({ remote }) => expect(remote?.forge?.trouble).toBe(''));

  await basic('DELETE', `/users/${alice.name}/tokens/${name}`);
  await at.untilGit((state) => {
    expect(state).toMatchObject({ state: 'remote', trouble: 'unauthorized' });
    expect(state.remote?.forge?.trouble).toMatch(/does not accept the token/);
  });
  const waiting = await at.server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
  expect([waiting.status, waiting.body.sync]).toEqual([202, 'draft']);

  at.putToken(alice.token);
  await at.untilGit((state) => {
    expect(state).toMatchObject({ state: 'following', trouble: null });
    expect(state.remote?.forge?.trouble).toBe('');
  });
  await vi.waitFor(
    async () => expect((await at.server.call('GET', 'instances/bot-alpha')).body.sync).toBe('published'),
    { timeout: PATIENCE_MS },
  );
  expect(JSON.stringify(at.server.lines)).not.toContain(made.sha1);
});

test('what two people made of one field is shown with both values, and settled in a proposal that the forge merges', async ({
  forge,
}) => {
  const at = await house(forge);
  await at.repository.addCollaborator(forge.users.bob, 'write');
  await at.server.call('POST', 'proposals', { title: 'More memory', description: '' });
  expect((await at.server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' })).status).toBe(202);
  pushMemory(at, forge, '6Gi');

  await at.untilGit(() => undefined);
  await vi.waitFor(async () => expect((await at.proposal()).conflicts).toHaveLength(1), { timeout: PATIENCE_MS });
  const [conflict] = (await at.proposal()).conflicts;
  expect(conflict).toMatchObject({ main: '6Gi', proposal: '8Gi' });
  expect((await at.server.call('POST', 'proposals/1/merge')).status).toBe(409);
  const settled = await at.server.call('POST', 'proposals/1/resolve', {
    choices: [{ unit: 'bot-alpha', field: conflict?.field, take: 'proposal' }],
  });
  expect(settled.status).toBe(200);

  await vi.waitFor(
    async () => {
      await at.server.call('POST', 'git/pull');
      at.server.running.context.forge?.wake();
      expect((await at.proposal()).may_merge).toBe(true);
    },
    { timeout: PATIENCE_MS, interval: 300 },
  );
  expect(await at.server.call('POST', 'proposals/1/merge')).toMatchObject({ status: 200, body: { state: 'merged' } });
  expect(await memoryOf(at)).toBe('8Gi');
});

test('a write of the dashboard that was made before a push to the same field is refused with both values', async ({
  forge,
}) => {
  const at = await house(forge);
  await at.repository.addCollaborator(forge.users.bob, 'write');
  const seen = (await at.server.call('GET', 'fleet')).body.head!;
  pushMemory(at, forge, '6Gi');
  await vi.waitFor(
    async () => {
      await at.server.call('POST', 'git/pull');
      expect(await memoryOf(at)).toBe('6Gi');
    },
    { timeout: PATIENCE_MS, interval: 300 },
  );

  const refused = await at.server.call(
    'PUT',
    'instances/bot-alpha',
    { memory_limit: '8Gi' },
    { 'if-match': `"${seen}"` },
  );

  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', theirs: '6Gi', mine: '8Gi' } });
  expect(await memoryOf(at)).toBe('6Gi');
});
