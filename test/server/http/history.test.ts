import { expect, test } from 'vitest';
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
