import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
let bare: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  bare = join(server.data, 'instances.git');
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterEach(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' }).trim();
const all = async (): Promise<Proposal[]> => (await server.call('GET', 'proposals')).body as unknown as Proposal[];
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 30 });

describe('a branch that somebody pushes', () => {
  test.each([
    ['one push', [['--atomic', 'origin', 'main', 'my-change']]],
    [
      'two, its branch first',
      [
        ['origin', 'my-change'],
        ['origin', 'main'],
      ],
    ],
  ])(
    'is merged when it comes squashed to main, and main to it, in %s (it counted as one that nothing is left of)',
    async (_, pushes) => {
      const checkout = join(tempFolder(), 'squashed');
      gitIn(server.data, 'clone', '-q', bare, checkout);
      gitIn(checkout, 'checkout', '-qb', 'my-change');
      execFileSync('sed', ['-i', 's/Bot Alpha/Squashed/', 'instances/bot-alpha.yaml'], { cwd: checkout });
      gitIn(checkout, 'commit', '-qam', 'Another name');
      gitIn(checkout, 'push', '-q', 'origin', 'my-change');
      await until(async () => expect(await all()).toMatchObject([{ state: 'open', bots: ['bot-alpha'] }]));

      gitIn(checkout, 'checkout', '-q', 'main');
      gitIn(checkout, 'merge', '-q', '--squash', 'my-change');
      gitIn(checkout, 'commit', '-qm', 'Squashed');
      gitIn(checkout, 'checkout', '-q', 'my-change');
      gitIn(checkout, 'merge', '-q', '-m', 'Main', 'main');
      for (const push of pushes) {
        gitIn(checkout, 'push', '-q', ...push);
        const head = git('rev-parse', 'my-change');
        await until(async () =>
          expect((await all()).some((one) => one.state === 'merged' || one.head === head)).toBe(true),
        );
      }

      // The branch that is left is met as one of its own where the first was merged before it moved.
      await until(async () => expect(new Set((await all()).map(({ state }) => state))).toEqual(new Set(['merged'])));
    },
  );
});
