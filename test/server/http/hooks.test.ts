import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkWebhookSecret } from '../../../server/services/publish/heard-from-forge.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const SECRET = 'canary-of-the-webhook-secret';
/** Less than a poll takes to come. */
const BEFORE_POLL_MS = 20_000;
const sign = (body: string): Record<string, string> => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
});

interface Listening {
  readonly server: TestServer;
  readonly secretFile: string;
  /** Puts a commit on main of the remote and gives it. */
  readonly push: () => string;
}

async function listening(isHeard = true): Promise<Listening> {
  const folder = tempFolder();
  const [bare, secretFile, work] = ['remote.git', 'secret', 'work'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  writeFileSync(secretFile, `${SECRET}\n`);
  const access = {
    credentials: undefined,
    credentialHelper: undefined,
    sshKey: undefined,
    knownHosts: undefined,
    caFile: undefined,
  };
  const server = await startTestServer({
    remote: { url: bare, branch: 'main', access, environment: {} },
    ...(isHeard ? { webhookSecretFile: secretFile } : {}),
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  git(folder, 'init', '-q', '-b', 'main', work);
  return {
    server,
    secretFile,
    push: () => {
      git(work, 'pull', '-q', bare, 'main');
      git(work, 'commit', '-q', '--allow-empty', '-m', 'Somebody');
      git(work, 'push', '-q', bare, 'HEAD:main');
      return git(work, 'rev-parse', 'HEAD').trim();
    },
  };
}

const headOf = async (server: TestServer): Promise<unknown> => (await server.call('GET', 'fleet')).body.head;

test('a signed webhook has the remote asked at once', async () => {
  const { server, push } = await listening();
  const head = push();
  const body = JSON.stringify({ ref: 'refs/heads/main', after: head });
  const answer = await server.call('POST', '/hooks/git', body, sign(body));

  expect([answer.status, answer.text]).toEqual([202, '']);
  await vi.waitFor(async () => expect(await headOf(server)).toBe(head), { timeout: BEFORE_POLL_MS });
});

test('a webhook that is not signed is turned away without a word, and nothing is asked', async () => {
  const { server } = await listening();
  const asked = (await server.call('GET', 'git')).body.remote;
  for (const headers of [{}, sign('another body'), { 'x-gitlab-token': 'guess' }]) {
    const answer = await server.call('POST', '/hooks/git', '{}', headers);
    expect([answer.status, answer.text]).toEqual([401, '']);
  }
  const foreign = await server.call('POST', '/hooks/git', '{}', { ...sign('{}'), origin: 'http://evil.example' });
  expect(foreign.status).toBe(403);
  const large = ' '.repeat(2 * 1024 * 1024);
  expect((await server.call('POST', '/hooks/git', large, sign(large))).status).toBe(413);
  expect((await server.call('GET', 'git')).body.remote).toEqual(asked);
});

test('the signature is over the bytes as they came, JSON or not', async () => {
  const { server } = await listening();
  for (const body of ['{"a" :1,\n"a":2}', 'no json']) {
    expect((await server.call('POST', '/hooks/git', body, sign(body))).status).toBe(202);
  }
});

test('another secret counts once it stands in the file; one that is gone is told without its place', async () => {
  const { server, secretFile } = await listening();
  writeFileSync(secretFile, 'another-secret-for-webhooks');
  expect((await server.call('POST', '/hooks/git', '{}', sign('{}'))).status).toBe(401);

  writeFileSync(secretFile, '');
  const answer = await server.call('POST', '/hooks/git', '{}', sign('{}'));
  expect([answer.status, answer.body.code]).toEqual([500, 'secrets']);
  expect(answer.text).not.toContain(secretFile);
});

test('a pipe in place of the secret is refused at once, however often it is asked (it took a thread each time, until none was left)', async () => {
  const { server, secretFile } = await listening();
  rmSync(secretFile);
  execFileSync('mkfifo', [secretFile]);

  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.call('POST', '/hooks/git', '{}', sign('{}'))),
  );

  expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(new Set(['500 secrets']));
  rmSync(secretFile);
  writeFileSync(secretFile, SECRET);
  expect((await server.call('POST', '/hooks/git', '{}', sign('{}'))).status).toBe(202);
});

test('without a secret there is no webhook', async () => {
  const { server } = await listening(false);
  expect((await server.call('POST', '/hooks/git', '{}', sign('{}'))).status).toBe(404);
});

test('no secret comes into a log or an answer', async () => {
  const { server } = await listening();
  await server.call('POST', '/hooks/git', '{}', { 'x-gitlab-token': SECRET });
  const state = await server.call('GET', 'git');
  expect(JSON.stringify(server.lines) + state.text).not.toContain(SECRET);
});

test.each([
  ['short', true, /shorter than 16/],
  [SECRET, false, /belongs to a --remote/],
])('a start with the secret %j and a remote (%s) is refused in words', async (text, hasRemote, words) => {
  const file = join(tempFolder(), 'secret');
  writeFileSync(file, text);
  await expect(checkWebhookSecret(file, hasRemote)).rejects.toThrow(words);
});
