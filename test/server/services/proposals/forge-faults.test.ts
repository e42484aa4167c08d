import { expect, test } from 'vitest';
import type { Told } from '../../forge/loopback.ts';
import { propose, startHub, until } from './hub.ts';

const soon = (): string => String(Math.ceil(Date.now() / 1_000) + 2);
const FAULTS: Readonly<Record<string, { readonly fault: () => Told | 'cut'; readonly words: RegExp }>> = {
  'a wrong token': { fault: () => ({ status: 401, body: { message: 'Bad credentials' } }), words: /accept the token/ },
  'a token without the right': {
    fault: () => ({ status: 403, body: { message: 'Resource not accessible' } }),
    words: /may not do that/,
  },
  'a repository that is not there': { fault: () => ({ status: 404 }), words: /no such thing/ },
  'a fault of its own': { fault: () => ({ status: 502 }), words: /fault of its own/ },
  'a rate limit': {
    fault: () => ({ status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': soon() } }),
    words: /no more requests of this token for now, until 20/,
  },
  'too many requests at once': {
    fault: () => ({ status: 429, headers: { 'retry-after': '2' } }),
    words: /no more requests/,
  },
  'a lost connection': { fault: () => 'cut', words: /can not be reached/ },
  'a redirect': { fault: () => ({ status: 301, headers: { location: 'http://evil.example' } }), words: /redirect/ },
};

test('a forge in trouble is told in words, edits reach their branch meanwhile, and one pull request follows', async () => {
  const hub = await startHub();
  const server = await hub.start();
  let fault: (() => Told | 'cut') | undefined = FAULTS['a wrong token']?.fault;
  hub.github.inject(() => fault?.() ?? 'cut', { when: () => fault !== undefined, times: 1e6 });
  await propose(server);

  for (const { fault: next, words } of Object.values(FAULTS)) {
    fault = next;
    await until(server, ({ waits_for: told, may_merge: mayMerge }) => {
      expect(told).toMatch(words);
      expect(mayMerge).toBe(false);
    });
  }
  expect(hub.there('log', '--format=%s', 'main..proposals/more-memory').split('\n')).toHaveLength(1);
  const refused = await server.call('POST', 'proposals/1/merge');
  expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
  expect(hub.github.pulls).toEqual([]);

  fault = undefined;
  await until(server, (proposal) => expect(proposal).toMatchObject({ waits_for: '', forge: { number: 1 } }));
  expect(hub.github.pulls).toMatchObject([{ title: 'More memory', state: 'open' }]);
});

test('one pull request that the forge does not take is told at its proposal, and keeps no other from its own', async () => {
  const hub = await startHub();
  const server = await hub.start();
  const isFirst = (body: object): boolean => JSON.stringify(body).includes('"head":"proposals/more-memory"');
  hub.github.inject(
    { status: 422, body: { message: 'Validation Failed', errors: [{ message: 'not on Fridays' }] } },
    { when: ({ method, body }) => method === 'POST' && isFirst(body), times: 1e6 },
  );
  await propose(server);
  await server.call('POST', 'proposals', { title: 'More cores' });
  await server.call('PUT', 'instances/bot-alpha?proposal=2', { cpu_limit: '3' });

  await until(server, ({ waits_for: told }) => expect(told).toContain('not on Fridays'));
  await until(server, () => expect(hub.github.pulls).toMatchObject([{ head: 'proposals/more-cores' }]));
});

test('a look where nothing happened costs no answer that counts: everything is asked for conditionally', async () => {
  const hub = await startHub();
  const server = await hub.start();
  await propose(server);
  await until(server, ({ forge }) => expect(forge).not.toBeNull());
  const { asked } = hub.github;
  const looks = (): number =>
    asked.filter(({ method, path }) => method === 'GET' && path === '/repos/acme/bots/pulls').length;
  const after = async (more: number): Promise<void> => {
    const goal = looks() + more;
    await until(server, () => expect(looks()).toBeGreaterThanOrEqual(goal));
  };
  await after(3);
  const from = asked.length;
  await after(3);

  const later = asked.slice(from);
  expect(later.map(({ method }) => method)).not.toContain('POST');
  expect(later.filter(({ headers }) => headers['if-none-match'] === undefined)).toEqual([]);
});

test('a slow forge keeps nobody waiting: main goes on being published', async () => {
  const hub = await startHub();
  const server = await hub.start();
  hub.github.inject('hang', { times: 1e6 });
  await propose(server);

  const written = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });

  expect(written.status).toBe(200);
  expect(hub.there('show', 'main:instances/bot-alpha.yaml')).toContain('cpu: "3"');
});
