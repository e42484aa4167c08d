import { expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { addPull } from '../../forge/github-like.ts';
import { propose, startHub, until } from './hub.ts';

test('a pull request of a fork is listed with its link, and is no proposal, whatever its branch is called', async () => {
  const hub = await startHub();
  const server = await hub.start();
  await propose(server);
  await until(server, ({ forge }) => expect(forge).not.toBeNull());
  addPull(hub.github, { head: 'main', title: 'Shorter name', from: 'mallory/bots' });
  addPull(hub.github, { head: 'proposals/more-memory', title: 'Taken over', from: 'mallory/bots' });

  const forks = async (): Promise<unknown> => {
    server.running.context.forge?.wake();
    return (await server.call('GET', 'proposals/of-forks')).body;
  };
  await vi.waitFor(async () => expect(await forks()).toHaveLength(2), { timeout: PATIENCE_MS, interval: 200 });

  expect(await forks()).toMatchObject([
    { number: 2, title: 'Shorter name', author: 'ada', branch: 'main' },
    { number: 3, title: 'Taken over', branch: 'proposals/more-memory' },
  ]);
  const { body } = await server.call('GET', 'proposals');
  expect(body).toMatchObject([{ number: 1, title: 'More memory', forge: { number: 1 } }]);
});
