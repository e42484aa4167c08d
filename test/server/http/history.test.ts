import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

interface Entry {
  readonly files: readonly { readonly path: string; readonly patch: string }[];
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

test('every file of a commit of thousands is shown with its own patch, whatever it is called', async () => {
  await using server = await startTestServer();
  const checkout = tempFolder();
  git(checkout, 'clone', '--quiet', join(server.data, 'instances.git'), '.');
  await mkdir(join(checkout, 'dist/bot-a/x b/dist/bot-a'), { recursive: true });
  const paths = Array.from({ length: 3_000 }, (_, index) => `dist/bot-a/${index}.yaml`);
  paths.push('dist/bot-a/x b/dist/bot-a/x', 'dist/bot-a/y b');
  await Promise.all(paths.map((path, index) => writeFile(join(checkout, path), `kind: Thing${index}\n`)));
  git(checkout, 'add', '.');
  git(checkout, 'commit', '--quiet', '--message', 'Many');
  git(checkout, 'push', '--quiet');
  const sha = git(checkout, 'rev-parse', 'HEAD').trim();

  const shown = await server.call('GET', `commits/${sha}`);

  const { files } = shown.body as unknown as Entry;
  expect(files).toHaveLength(paths.length);
  for (const [index, path] of paths.entries()) {
    expect(files.find((file) => file.path === path)?.patch).toContain(`+kind: Thing${index}\n`);
  }
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
