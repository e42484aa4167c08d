import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runGit } from '../git-process.ts';
import { tempFolder } from '../temp-folder.ts';
import { redirectTo, type Fault } from './faults.ts';
import { startGitHttp, type GitHttp, type GitHttpRepository } from './git-http.ts';

const USERS = { alice: 'open:sesame', bob: 'barrel' };

test('serves what was pushed to it', async () => {
  const { repository } = await served();
  const work = await pushed(repository);

  const clone = tempFolder();
  expect((await runGit(clone, ['clone', repository.url('bob'), 'copy'])).code).toBe(0);

  const heads = [await runGit(work, ['rev-parse', 'HEAD']), await runGit(join(clone, 'copy'), ['rev-parse', 'HEAD'])];
  expect(heads[1]!.stdout).toBe(heads[0]!.stdout);
});

test('serves everybody where no users are named', async () => {
  await using server = await startGitHttp();
  const repository = await server.createRepository('bots');
  await pushed(repository);

  expect((await lsRemote(repository.url())).stdout).toMatch(/\trefs\/heads\/main\n/);
});

test('refuses a stranger and a wrong password', async () => {
  const { repository } = await served();
  const wrong = repository.url('alice').replace('sesame', 'wrong');

  for (const url of [repository.url(), wrong]) {
    const { code, stderr } = await lsRemote(url);
    expect(code).toBe(128);
    expect(stderr).toMatch(/could not read Username|Authentication failed/);
  }
});

test.each([401, 403, 500, 503])('answers %i when asked to, as often as asked to', async (status) => {
  const { server, repository } = await served();
  await pushed(repository);
  server.inject({ kind: 'answer', status, body: 'no\n' }, { times: 1 });

  const refused = await lsRemote(repository.url('alice'));

  // git asks again with the password from the address when it is not let in at first.
  if (status === 401) expect(server.requests.length).toBeGreaterThan(1);
  else expect(refused.stderr).toContain(`The requested URL returned error: ${status}`);
  expect((await lsRemote(repository.url('alice'))).code).toBe(0);
});

test('answers nothing while it is held, and git when it is not any more', async () => {
  const { server, repository } = await served();
  await pushed(repository);
  const held = server.inject({ kind: 'hold' }, { times: 1 });
  let answered = false;
  const listing = lsRemote(repository.url('alice')).finally(() => (answered = true));
  await held.met;

  expect((await lsRemote(repository.url('alice'))).code).toBe(0);
  expect(answered).toBe(false);
  held.lift();

  expect((await listing).code).toBe(0);
});

test('cuts the connection in the middle of an answer', async () => {
  const { server, repository } = await served();
  await pushed(repository);
  const packs = { when: (method: string) => method === 'POST' };
  server.inject({ kind: 'cut', afterBytes: 20 }, packs);

  const { code, stderr } = await runGit(tempFolder(), ['clone', repository.url('alice'), 'copy']);

  expect(code).toBe(128);
  expect(stderr).toMatch(/early EOF|unexpected disconnect|RPC failed|transfer closed|hung up/);
});

test('sends a client to another server, with the path it asked for', async () => {
  const { server, repository } = await served();
  const elsewhere = await listening();
  server.inject((path): Fault => redirectTo(elsewhere.url, path), { times: 1 });

  await lsRemote(repository.url('alice'));

  expect(elsewhere.paths).toEqual(['/bots.git/info/refs?service=git-upload-pack']);
});

async function served(): Promise<{ server: GitHttp; repository: GitHttpRepository }> {
  const server = await startGitHttp({ users: USERS });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, repository: await server.createRepository('bots') };
}

async function pushed(repository: GitHttpRepository): Promise<string> {
  const work = tempFolder();
  await runGit(work, ['init', '--initial-branch=main']);
  await runGit(work, ['commit', '--allow-empty', '--message', 'first']);
  const { code, stderr } = await runGit(work, ['push', repository.url('alice'), 'main']);
  expect(code, stderr).toBe(0);
  return work;
}

function lsRemote(url: string) {
  return runGit(tempFolder(), ['ls-remote', url]);
}

async function listening(): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}
