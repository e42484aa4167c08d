import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startGitHttp } from '../../../support/git-http/git-http.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { branchOf, mirrored } from './fixture.ts';

/** A web server on loopback, and what it was asked for. */
async function serve(answer: RequestListener): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Gives the files of a folder and nothing else: what git calls the dumb protocol. */
const filesOf =
  (folder: string): RequestListener =>
  (request, response) => {
    const file = join(folder, new URL(request.url ?? '', 'http://x').pathname);
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(file) : undefined);
  };

const PAGES: readonly [string, string][] = [
  ['one line of HTML', '<!doctype html><title>Sign in</title>'],
  ['lines of HTML', '<!doctype html>\n<title>Sign in</title>\n'],
  ['nothing', ''],
];
const NO_GIT = {
  state: 'trouble',
  trouble: 'unreachable',
  detail: expect.stringContaining('what answers there does not speak git') as string,
};

it.each(PAGES)('a page of %s is no remote without branches: nothing here is called gone', async (_what, page) => {
  const { url } = await serve((_request, response) => response.end(page));
  const { mirror, push, own } = await mirrored({ url: `${url}/bots.git` });
  const head = push(own, null, 'Here');

  expect(await mirror.pull()).toEqual(NO_GIT);

  await expect(mirror.accept(head)).rejects.toMatchObject({ code: 'git_unreachable' });
  await expect(mirror.restoreBranch()).rejects.toMatchObject({ code: 'git_unreachable' });
  expect(branchOf(own)).toBe(head);
});

it('a page in place of a remote takes no branch away that the remote had', async () => {
  const server = await startGitHttp();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const served = await server.createRepository('bots');
  const { mirror, push, own } = await mirrored({ url: served.url() });
  const proposed = push(served.folder, push(served.folder, null, 'First'), 'Proposed', 'proposals/1');
  await mirror.pull();
  await mirror.pullBranches();
  expect(branchOf(own, 'proposals/1')).toBe(proposed);
  const page = server.inject({ kind: 'answer', status: 200, body: '<h1>Sign in</h1>' });

  expect(await mirror.pullBranches()).toMatchObject({ isMoved: false, trouble: NO_GIT.detail });
  expect(branchOf(own, 'proposals/1')).toBe(proposed);

  page.lift();
  git(served.folder, 'update-ref', '-d', 'refs/heads/proposals/1');
  expect(await mirror.pullBranches()).toEqual({ isMoved: true, trouble: '' });
  expect(branchOf(own, 'proposals/1')).toBe('');
});

it('a remote over http that is empty is told as that, and one that lost its branch as that', async () => {
  const server = await startGitHttp();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const served = await server.createRepository('bots');
  const { mirror, push } = await mirrored({ url: served.url() });
  expect(await mirror.pull()).toEqual({ state: 'same', head: null });

  const head = push(served.folder, null, 'First');
  expect(await mirror.pull()).toEqual({ state: 'same', head });
  git(served.folder, 'update-ref', '-d', 'refs/heads/main');

  expect(await mirror.pull()).toEqual({ state: 'branch_gone', ours: head, theirs: null });
});

it('a server of mere files is no remote, and sends nobody to another one for its objects', async () => {
  const folder = tempFolder();
  const lender = await mirrored();
  const head = lender.push(lender.bare, null, 'Lent');
  const other = await serve(filesOf(lender.bare));
  const borrower = join(folder, 'bots.git');
  git(folder, 'init', '-q', '--bare', '-b', 'main', borrower);
  const { url, asked } = await serve(filesOf(folder));
  const { mirror, own, repository } = await mirrored({ url: `${url}/bots.git` });
  writeFileSync(join(borrower, 'info', 'refs'), `${head}\trefs/heads/main\n`);
  writeFileSync(join(borrower, 'objects', 'info', 'http-alternates'), `${other.url}/objects\n`);
  writeFileSync(join(borrower, 'objects', 'info', 'alternates'), `${join(lender.bare, 'objects')}\n`);

  expect(await mirror.pull()).toEqual(NO_GIT);
  // Also where nobody looks first, as when a push was lost.
  await expect(mirror.next()).rejects.toMatchObject({ code: 'git_unreachable', body: { trouble: 'unreachable' } });

  expect(other.asked).toEqual([]);
  expect(asked).not.toEqual([]);
  expect(await repository.head()).toBeNull();
  expect(git(own, 'count-objects').trim()).toMatch(/^0 objects/);
});
