import { describe, expect, test } from 'vitest';
import { answer } from '../../forge/github-like.ts';
import type { Asked } from '../../forge/loopback.ts';
import type { TestServer } from '../../running-server.ts';
import { type Hub, propose, startHub, until } from './hub.ts';

interface Step {
  /** The call that the process ends at. */
  readonly at: (asked: Asked) => boolean;
  /** What a person does; its answer doesn't come. */
  readonly act: (server: TestServer) => Promise<unknown>;
  readonly state: 'open' | 'merged' | 'closed';
  readonly edit: string;
}

const isPull = ({ path }: Asked): boolean => path.endsWith('/pulls/1');
const edit = (server: TestServer, cpu: string) =>
  server.call('PUT', 'instances/bot-alpha?proposal=1', { cpu_limit: cpu });
const STEPS: Readonly<Record<string, Step>> = {
  merge: {
    at: ({ method, path }) => method === 'PUT' && path.endsWith('/merge'),
    act: (server) => server.call('POST', 'proposals/1/merge'),
    state: 'merged',
    edit: 'published',
  },
  close: {
    at: (asked) => asked.method === 'PATCH' && isPull(asked) && asked.body.state === 'closed',
    act: (server) => server.call('POST', 'proposals/1/close'),
    state: 'closed',
    edit: 'failed',
  },
  'describe anew': {
    at: (asked) => asked.method === 'PATCH' && isPull(asked) && asked.body.body !== undefined,
    act: (server) => edit(server, '3'),
    state: 'open',
    edit: 'proposed',
  },
};

/** From `at` on the forge answers nothing more, and does what it is asked at that moment only where `isDone`. */
function cutAt(
  { github }: Hub,
  at: Step['at'],
  isDone: boolean,
): { readonly cut: Promise<void>; readonly mend: () => void } {
  let state: 'armed' | 'cut' | 'mended' = 'armed';
  let tell = (): void => undefined;
  const cut = new Promise<void>((resolve) => {
    tell = resolve;
  });
  github.inject(
    (asked) => {
      if (state === 'armed' && isDone) answer(github, asked, `${github.url}/api/v3`);
      state = 'cut';
      tell();
      return 'cut';
    },
    { when: (asked) => state === 'cut' || (state === 'armed' && at(asked)), times: 1e6 },
  );
  return { cut, mend: () => void (state = 'mended') };
}

const pulls = ({ github }: Hub): string[] =>
  github.pulls.map(({ head, state, merged }) => `${head} ${merged ? 'merged' : state}`);

describe('a process that ends at a call to the forge', () => {
  test.each([false, true])('that opens a pull request (done there: %s) leaves one of them', async (isDone) => {
    const hub = await startHub();
    const { cut, mend } = cutAt(hub, ({ method, path }) => method === 'POST' && path.endsWith('/pulls'), isDone);
    {
      await using server = await hub.start();
      await propose(server);
      await cut;
    }
    mend();

    await using again = await hub.start();

    await until(again, ({ forge, state, edits }) =>
      expect([forge?.number, state, edits.map((each) => each.state)]).toEqual([1, 'open', ['proposed']]),
    );
    expect(pulls(hub)).toEqual(['proposals/more-memory open']);
  });

  for (const [name, { at, act, state, edit: wanted }] of Object.entries(STEPS)) {
    test.each([false, true])(`to ${name} (done there: %s) is what the forge says at the next start`, async (isDone) => {
      const hub = await startHub();
      const mended: (() => void)[] = [];
      {
        await using server = await hub.start();
        await propose(server);
        await until(server, ({ forge }) => expect(forge).not.toBeNull());
        const { cut, mend } = cutAt(hub, at, isDone);
        mended.push(mend);
        const acting = act(server);
        await cut;
        await acting;
      }
      for (const mend of mended) mend();

      await using again = await hub.start();

      const goal = isDone ? state : 'open';
      await until(again, (proposal) => {
        expect(proposal.state).toBe(goal);
        expect(proposal.edits[0]?.state).toBe(isDone ? wanted : 'proposed');
      });
      expect(pulls(hub)).toEqual([`proposals/more-memory ${goal}`]);
      if (name === 'describe anew') await until(again, () => expect(hub.github.pulls[0]?.body).toContain('cpu'));
      const ids = hub.there('log', '--all', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=)').split('\n');
      const named = ids.filter((id) => id !== '');
      expect(new Set(named).size).toBe(named.length);
    });
  }

  test('to open it again is what the forge says at the next start', async () => {
    const hub = await startHub();
    const mended: (() => void)[] = [];
    {
      await using server = await hub.start();
      await propose(server);
      await until(server, ({ forge }) => expect(forge).not.toBeNull());
      await server.call('POST', 'proposals/1/close');
      const { mend } = cutAt(hub, ({ body }) => body.state === 'open', true);
      mended.push(mend);
      expect((await server.call('POST', 'proposals/1/reopen')).status).toBe(503);
    }
    for (const mend of mended) mend();

    await using again = await hub.start();

    await until(again, ({ state, edits }) => expect([state, edits[0]?.state]).toEqual(['open', 'proposed']));
    expect(pulls(hub)).toEqual(['proposals/more-memory open']);
  });
});
