import { expect, test } from 'vitest';
import { createApi } from '../../../server/cluster/api.ts';
import { MANAGED_RESOURCES } from '../../../server/cluster/resources.ts';
import { startMemoryApiServer } from '../../support/api-server/server.ts';

test('sends no more requests at once than it may; those that wait can be called off and are then never sent', async () => {
  await using server = await startMemoryApiServer();
  const api = createApi(server.connection, { concurrency: 2 });
  const read = (name: string, signal?: AbortSignal) => api.get(MANAGED_RESOURCES.ConfigMap, 'claworc', name, signal);
  await read('first');
  let release = (): void => undefined;
  const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
  server.fault = () => held;

  const stop = new AbortController();
  const running = ['a', 'b', 'c'].map((name) => read(name));
  const called = read('called-off', stop.signal);
  await expect.poll(() => server.seen.length).toBe(3);
  expect(api.http.sent.get('GET')).toBe(3);
  stop.abort(new Error('called off'));
  await expect(called).rejects.toThrow('called off');
  release();
  await Promise.all(running);
  await api.http.close();
  expect(server.seen.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(['a', 'b', 'c', 'first']);
});
