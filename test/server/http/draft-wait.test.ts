import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

const AWAY = 'Waits for the remote: it has no such repository';

test('a draft says everywhere what it waits for while the remote is away: in its row, its history, the activity, and when that begins', async () => {
  const bare = join(tempFolder(), 'team.git');
  git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', bare);
  const remote = { url: bare, branch: 'main', access: {}, environment: {} };
  await using server = await startTestServer({ remote, writeTimeoutMs: 500, withExamples: true });
  const told: (string | undefined)[] = [];
  server.running.context.bus.subscribe(({ name, payload }) => {
    if (name === 'instance') told.push((payload as { readonly sync_reason: string }).sync_reason);
  });

  renameSync(bare, `${bare}.away`);
  expect((await server.call('POST', 'instances/bot-alpha/stop')).status).toBe(202);
  await vi.waitFor(() => expect(told.at(-1)).toBe(AWAY), { timeout: PATIENCE_MS });

  expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({ sync: 'draft', sync_reason: AWAY });
  const history = (await server.call('GET', 'instances/bot-alpha/history')).text;
  const activity = (await server.call('GET', 'activity')).text;
  for (const text of [history, activity]) expect(text).toContain(`"detail":"${AWAY}"`);
  const { body: overview } = await server.call('GET', 'instances/bot-alpha/overview');
  expect(overview.status_next).toMatch(/^Its draft is kept.* It waits for the remote: it has no such repository\./);

  renameSync(`${bare}.away`, bare);
  await server.call('POST', 'git/pull');
  await vi.waitFor(async () => expect((await server.call('GET', 'instances/bot-alpha')).body.sync).toBe('published'), {
    timeout: PATIENCE_MS,
  });
});
