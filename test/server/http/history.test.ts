import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

interface Entry {
  readonly files: readonly { readonly path: string; readonly patch: string | null }[];
}

interface Page extends Entry {
  readonly files_total: number;
  readonly next: string | null;
}

/** A commit on main with these files, as a person pushes it. */
async function push(server: TestServer, files: Readonly<Record<string, string>>): Promise<string> {
  const checkout = tempFolder();
  git(checkout, 'clone', '--quiet', join(server.data, 'instances.git'), '.');
  await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      await mkdir(dirname(join(checkout, path)), { recursive: true });
      await writeFile(join(checkout, path), text);
    }),
  );
  git(checkout, 'add', '.');
  git(checkout, 'commit', '--quiet', '--message', 'Pushed');
  git(checkout, 'push', '--quiet');
  return git(checkout, 'rev-parse', 'HEAD').trim();
}

test('a change shows the patch of the record and of everything that it renders, and nothing of other bots', async () => {
  await using server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha Two' });
  await server.call('PUT', 'settings', { image: 'registry.example/bot:2' });
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });

  const [memory, image] = (await server.call('GET', 'instances/bot-alpha/history')).body as unknown as Entry[];

  expect(memory?.files.map(({ path }) => path)).toEqual(['dist/bot-alpha/deployment.yaml', 'instances/bot-alpha.yaml']);
  expect(memory?.files[0]?.patch).toContain('6Gi');
  expect(image?.files.map(({ path }) => path)).toEqual(['dist/bot-alpha/deployment.yaml']);
});

test('every file of a commit of thousands is shown with its own patch, whatever it is called, a hundred at a time', async () => {
  await using server = await startTestServer();
  const paths = Array.from({ length: 1_000 }, (_, index) => `dist/bot-a/${index}.yaml`);
  paths.push('dist/bot-a/x b/dist/bot-a/x', 'dist/bot-a/y b');
  const sha = await push(server, Object.fromEntries(paths.map((path, index) => [path, `kind: Thing${index}\n`])));

  const pages: Page[] = [];
  for (let next: string | null | undefined; next !== null;) {
    const after = next === undefined ? '' : `&after=${encodeURIComponent(next)}`;
    const page = (await server.call('GET', `commits/${sha}?limit=999${after}`)).body as unknown as Page;
    pages.push(page);
    next = page.next;
  }

  const files = pages.flatMap((page) => page.files);
  expect(pages.map((page) => page.files.length)).toEqual([...Array.from({ length: 10 }, () => 100), 2]);
  expect(pages.map((page) => page.files_total)).toEqual(pages.map(() => paths.length));
  expect(files.map(({ path }) => path)).toEqual(paths.toSorted());
  for (const [index, path] of paths.entries()) {
    expect(files.find((file) => file.path === path)?.patch).toContain(`+kind: Thing${index}\n`);
  }
});

test('a page of a commit that begins behind a file it does not have is refused', async () => {
  await using server = await startTestServer();
  const sha = await push(server, { 'dist/bot-a/x.yaml': 'kind: Thing\n' });

  const answer = await server.call('GET', `commits/${sha}?after=dist/bot-a/y.yaml`);

  expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'invalid', 'after']);
});

test('a commit of several bots shows all its files after the history of one of them was looked at', async () => {
  await using server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  await server.call('PUT', 'settings', { image: 'registry.example/bot:2' });
  const sha = git(join(server.data, 'instances.git'), 'rev-parse', 'main').trim();
  await server.call('GET', 'instances/bot-alpha/history');

  const { files } = (await server.call('GET', `commits/${sha}`)).body as unknown as Entry;

  const deployments = ['dist/bot-alpha/deployment.yaml', 'dist/bot-beta/deployment.yaml'];
  expect(files.map(({ path }) => path)).toEqual(['claworc.yaml', ...deployments]);
  for (const { path, patch } of files) expect(patch).toContain(`+++ b/${path}\n`);
});

test('a file whose diff is larger than an answer is named without it, and the others are shown beside it', async () => {
  await using server = await startTestServer();
  const line = 'x'.repeat(1_000);
  const large = Array.from({ length: 5_000 }, (_, index) => `${index}${line}\n`).join('');
  const sha = await push(server, { 'a.txt': 'small\n', 'b.txt': large, 'c.txt': 'small\n' });

  const { files } = (await server.call('GET', `commits/${sha}`)).body as unknown as Entry;

  expect(files.map(({ path, patch }) => [path, patch?.includes('+small') ?? null])).toEqual([
    ['a.txt', true],
    ['b.txt', null],
    ['c.txt', true],
  ]);
});

test('a line of a file that looks like the beginning of another one is shown as what it is', async () => {
  await using server = await startTestServer();
  const text = 'one\rdiff --git a/dist/bot-a/other.yaml b/dist/bot-a/other.yaml\ntwo\n';
  const sha = await push(server, { 'dist/bot-a/other.yaml': 'true: 1\n', 'dist/bot-a/some.yaml': text });

  const { files } = (await server.call('GET', `commits/${sha}`)).body as unknown as Entry;

  expect(files.map(({ patch }) => patch)).toEqual([
    expect.stringContaining('+true: 1'),
    expect.stringContaining('other.yaml\n+two\n'),
  ]);
});

test('where the repository is gone nobody says that a commit does not exist: 503, and no folder of the server is named', async () => {
  await using server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  const bare = join(server.data, 'instances.git');
  const sha = git(bare, 'rev-parse', 'main').trim();
  await rename(bare, `${bare}.away`);

  const paths = [`commits/${sha}`, 'instances/bot-alpha/history', 'instances/bot-alpha/manifests'];
  for (const path of paths) {
    const answer = await server.call('GET', path);

    expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'git_unreachable']);
    expect(answer.text).not.toContain(server.data);
  }
  await rename(`${bare}.away`, bare);
  expect((await server.call('GET', `commits/${sha}`)).status).toBe(200);
  expect((await server.call('GET', `commits/${'0'.repeat(40)}`)).status).toBe(404);
});
