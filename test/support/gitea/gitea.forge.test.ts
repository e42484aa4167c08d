import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { runGit } from '../git-process.ts';
import { createSshKey, sshCommand } from '../ssh-key.ts';
import { tempFolder } from '../temp-folder.ts';
import { forgeTest as test } from './forge-test.ts';
import { createForgeRepository } from './repository.ts';

test('serves over HTTP what a user with a token pushed', async ({ forge, repository }) => {
  const work = await cloned(repository.httpUrl(forge.users.alice));
  await commit(work);

  const push = await runGit(work, ['push', 'origin', 'main']);

  expect(push.code, push.stderr).toBe(0);
  const branch = (await repository.rest('GET', '/branches/main')) as { commit: { message: string } };
  expect(branch.commit.message.trim()).toBe('a change');
});

test('refuses a wrong token', async ({ forge }) => {
  await using repository = await createForgeRepository(forge, { private: true });
  const right = repository.httpUrl(forge.users.alice);
  const wrong = repository.httpUrl({ ...forge.users.alice, token: '0'.repeat(40) });

  const [known, refused] = await Promise.all([right, wrong].map((url) => runGit(tempFolder(), ['ls-remote', url])));

  expect(known!.code, known!.stderr).toBe(0);
  expect(refused!.code).toBe(128);
  expect(refused!.stderr).toContain('Authentication failed');
});

test('lets a user who was not added read and not push', async ({ forge, repository }) => {
  const work = await cloned(repository.httpUrl(forge.users.bob));
  await commit(work);
  const refused = await runGit(work, ['push', 'origin', 'main']);

  await repository.addCollaborator(forge.users.bob, 'write');
  const allowed = await runGit(work, ['push', 'origin', 'main']);

  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('User permission denied for writing');
  expect(allowed.code, allowed.stderr).toBe(0);
});

test('serves over SSH to a key that was added to the repository, and to no other', async ({ forge, repository }) => {
  const folder = tempFolder();
  const key = await createSshKey(join(folder, 'key'));
  const ssh = { GIT_SSH_COMMAND: sshCommand(key.file, forge.ssh.knownHostsFile) };

  const stranger = await runGit(folder, ['ls-remote', repository.sshUrl], ssh);
  await repository.rest('POST', '/keys', { title: 'test', key: key.publicKey, read_only: true });
  const known = await runGit(folder, ['ls-remote', repository.sshUrl], ssh);

  expect(stranger.stderr).toContain('Permission denied');
  expect(known.code, known.stderr).toBe(0);
  expect(known.stdout).toContain('refs/heads/main');
});

test('refuses a push to a protected branch and merges a pull request into it', async ({ forge, repository }) => {
  await repository.protect('main');
  const work = await cloned(repository.httpUrl(forge.users.alice));
  await commit(work);
  const direct = await runGit(work, ['push', 'origin', 'main']);
  await runGit(work, ['push', 'origin', 'main:change']);

  const wanted = { head: 'change', base: 'main', title: 'A change' };
  const { number } = (await repository.rest('POST', '/pulls', wanted)) as { number: number };
  await expect.poll(async () => repository.rest('GET', `/pulls/${number}`)).toMatchObject({ mergeable: true });
  await repository.rest('POST', `/pulls/${number}/merge`, { Do: 'squash' });

  expect(direct.code).not.toBe(0);
  expect(direct.stderr).toContain('protected branch');
  expect(await repository.rest('GET', `/pulls/${number}`)).toMatchObject({ merged: true });
});

test('tells a webhook on loopback of a push, signed with its secret', async ({ forge, repository }) => {
  const receiver = await receiving();
  await repository.addWebhook(receiver.url, 'hush');
  const work = await cloned(repository.httpUrl(forge.users.alice));
  await commit(work);
  await runGit(work, ['push', 'origin', 'main']);

  const { event, signature, body } = await receiver.first;

  expect(event).toBe('push');
  expect(signature).toBe(createHmac('sha256', 'hush').update(body).digest('hex'));
  expect(JSON.parse(body)).toMatchObject({ ref: 'refs/heads/main' });
});

async function cloned(url: string): Promise<string> {
  const folder = tempFolder();
  const { code, stderr } = await runGit(folder, ['clone', url, 'copy']);
  expect(code, stderr).toBe(0);
  return join(folder, 'copy');
}

async function commit(work: string): Promise<void> {
  expect((await runGit(work, ['commit', '--allow-empty', '--message', 'a change'])).code).toBe(0);
}

interface Delivery {
  readonly event: unknown;
  readonly signature: unknown;
  readonly body: string;
}

async function receiving(): Promise<{ url: string; first: Promise<Delivery> }> {
  const first = Promise.withResolvers<Delivery>();
  const server = createServer((request, response) => {
    const { 'x-gitea-event': event, 'x-gitea-signature': signature } = request.headers;
    void text(request).then((body) => {
      first.resolve({ event, signature, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, first: first.promise };
}
