import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { rebuildDatabase } from '../../../../server/services/commands/import.ts';
import { startTestServer, type TestServer } from '../../../server/running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 30 });
const start = (data: string): Promise<TestServer> => startTestServer({ data, writeTimeoutMs: PATIENCE_MS });
const listed = async (server: TestServer): Promise<Proposal[]> =>
  ((await server.call('GET', 'proposals')).body as unknown as Proposal[]).toSorted((a, b) => a.number - b.number);
const forget = (data: string): void => {
  for (const part of ['', '-wal', '-shm']) rmSync(join(data, `claworc.db${part}`), { force: true });
};

/** A data folder with five proposals: merged, closed, open, open by a push, and open without an edit. */
async function withFive(): Promise<{ data: string; before: Proposal[] }> {
  const data = tempFolder();
  await using server = await start(data);
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  for (const [index, title] of ['Merged', 'Closed', 'Open'].entries()) {
    await server.call('PUT', `instances/bot-alpha?propose=${title}`, { memory_limit: `${index + 5}Gi` });
  }
  expect((await server.call('POST', 'proposals/2/close', { edits: 'discard' })).status).toBe(200);
  const checkout = join(tempFolder(), 'checkout');
  git(data, 'clone', '-q', join(data, 'instances.git'), checkout);
  const file = join(checkout, 'instances/bot-beta.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}# by a person\n`);
  git(checkout, 'commit', '-qam', 'By a person');
  git(checkout, 'push', '-q', 'origin', 'HEAD:people');
  await until(async () => expect(await listed(server)).toHaveLength(4));
  await server.call('POST', 'proposals', { title: 'Empty', description: 'Why' });
  expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
  await until(() => {
    const notes = git(data, '-C', 'instances.git', 'for-each-ref', 'refs/claworc/proposals');
    expect(notes.trim().split('\n')).toHaveLength(5);
    expect(git(data, '-C', 'instances.git', 'show', 'refs/claworc/proposals/1')).toContain('"state":"merged"');
    return Promise.resolve();
  });
  return { data, before: await listed(server) };
}

const told = (proposals: readonly Proposal[]) =>
  proposals.map(({ number, title, branch, author, state, merged_as, opened_at }) => ({
    ...{ number, title, branch, author, state, merged_as, opened_at },
  }));

test('proposals keep their numbers, words and ends through `claworc import` into a new database, and the next is a new one', async () => {
  const { data, before } = await withFive();
  expect(before.map(({ number, state }) => `${number} ${state}`)).toEqual([
    '1 merged',
    '2 closed',
    '3 open',
    '4 open',
    '5 open',
  ]);
  forget(data);

  await rebuildDatabase({ data, repo: join(data, 'instances.git'), clock: systemClock, log: silentLog });

  await using server = await start(data);
  expect(told(await listed(server))).toEqual(told(before));
  expect((await server.call('POST', 'proposals', { title: 'Next' })).body).toMatchObject({ number: 6 });
  await until(async () =>
    expect((await server.call('GET', 'proposals/3')).body).toMatchObject({ proposal: { bots: ['bot-alpha'] } }),
  );
  const history = (await server.call('GET', 'instances/bot-alpha/history')).body as unknown as { proposal: number }[];
  expect(history.map(({ proposal }) => proposal)).toEqual([1, null]);
});

test('a server that finds no database, and imports nothing by command, gives no number twice either', async () => {
  const { data, before } = await withFive();
  forget(data);

  await using server = await start(data);

  await until(async () => expect(told(await listed(server))).toEqual(told(before)));
  expect((await server.call('POST', 'proposals', { title: 'Next' })).body).toMatchObject({ number: 6 });
});

test('a clone, which has no notes, tells the numbers of what was merged and of branches that were made here', async () => {
  const { data } = await withFive();
  const other = tempFolder();
  git(other, 'clone', '-q', '--bare', join(data, 'instances.git'), 'instances.git');

  await rebuildDatabase({ data: other, repo: join(other, 'instances.git'), clock: systemClock, log: silentLog });

  await using server = await start(other);
  await until(async () => expect(await listed(server)).toHaveLength(4));
  const merged = (await listed(server)).find(({ number }) => number === 1);
  expect(merged).toMatchObject({ title: 'Merged', state: 'merged', bots: ['bot-alpha'] });
  const branches = new Map((await listed(server)).map(({ number, branch }) => [number, branch]));
  expect([2, 3].map((number) => branches.get(number))).toEqual(['proposals/closed', 'proposals/open']);
  expect([...branches.values()]).toContain('people');
});
