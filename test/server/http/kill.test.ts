import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { isSame } from '../../../constructs/merge.ts';
import { readRepo, verifyRepo } from '../../../constructs/repo/index.ts';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { listInstances } from '../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../server/store/meta.ts';
import { openStore } from '../../../server/store/open-store.ts';
import { listTombstones } from '../../../server/store/tombstones.ts';
import { startClaworc } from '../../acceptance/claworc-process.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { editUntilGone, nothingPromised, pushUntilGone, type Promised } from './kill-clients.ts';

/** How often the server is killed; a soak run sets more. */
const KILLS = Number(process.env.CLAWORC_TEST_KILLS ?? 6);

/** One life of a server under three clients and a pusher, ended by SIGKILL, alone or with all that it started. */
async function liveAndDie(data: string, checkout: string, promised: Promised): Promise<void> {
  await using claworc = await startClaworc(['--data', data], { env: { HOME: data }, detached: true });
  const over = new AbortController();
  const before = promised.answers;
  const clients = Promise.all([
    ...['ada', 'bob', 'eve'].map((client) => editUntilGone(claworc, client, promised)),
    pushUntilGone(claworc, checkout, over.signal, promised),
  ]);
  // The first life lasts until a push was let in, on a quick machine too.
  const hasBegun = () => promised.answers > before && promised.pushes > 0;
  await vi.waitFor(() => expect(hasBegun()).toBe(true), { timeout: PATIENCE_MS, interval: 5 });
  // Anywhere in what goes on, not at an event.
  await delay(randomInt(400));
  await (randomInt(2) === 0 ? claworc.kill() : claworc.killGroup());
  over.abort();
  await clients;
}

test(
  `a server that is killed ${KILLS} times amid edits and pushes keeps every answer, and main is what the database says`,
  async () => {
    const data = join(tempFolder(), 'data');
    const bare = join(data, 'instances.git');
    const checkout = join(tempFolder(), 'checkout');
    const promised = nothingPromised();
    const heads: string[] = [];
    {
      await using first = await startClaworc(['--data', data], { env: { HOME: data } });
      git(tempFolder(), 'clone', '-q', `${first.url}/instances.git`, checkout);
      await first.stop();
    }
    for (let kill = 0; kill < KILLS; kill += 1) {
      await liveAndDie(data, checkout, promised);
      heads.push(git(bare, 'rev-parse', 'main').trim());
    }

    {
      await using claworc = await startClaworc(['--data', data], { env: { HOME: data } });
      await vi.waitFor(
        async () => {
          expect((await claworc.request('GET', '/api/v1/fleet')).body.drafts).toBe(0);
          const rows = (await claworc.request('GET', '/api/v1/instances')).body as unknown as { sync: string }[];
          expect(rows.filter(({ sync }) => sync !== 'published')).toEqual([]);
        },
        { timeout: PATIENCE_MS + KILLS * 2_000 },
      );
      expect(await claworc.stop()).toBe(0);
    }

    expect(git(bare, 'fsck', '--strict', '--no-dangling')).toBe('');
    const raw = new Database(join(data, 'claworc.db'), { readonly: true });
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    raw.close();
    const onMain = new Set(git(bare, 'rev-list', 'main').split('\n'));
    expect([...promised.commits, ...heads].filter((commit) => !onMain.has(commit))).toEqual([]);
    for (const [branch, commit] of promised.branches) {
      expect([branch, git(bare, 'rev-parse', `refs/heads/${branch}`).trim()]).toEqual([branch, commit]);
    }
    const edits = git(bare, 'log', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=)', 'main')
      .split('\n')
      .filter(Boolean);
    expect(new Set(edits).size).toBe(edits.length);

    const repository = await openRepository({ folder: bare, log: silentLog });
    const head = (await repository.head()) ?? '';
    const { files } = await repository.readFiles(head);
    expect(verifyRepo(files)).toEqual([]);
    const { records, tombstones } = readRepo(files);
    expect([...promised.gone].filter((name) => records.has(name))).toEqual([]);
    for (const [name, memory] of promised.memory) {
      if (promised.leaving.has(name)) continue;
      expect([name, memory]).toEqual([
        name,
        expect.arrayContaining([records.get(name)?.record.spec.resources?.limits?.memory]),
      ]);
    }

    using store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log: silentLog });
    expect(getMeta(store.reader, IMPORTED_COMMIT)).toBe(head);
    const rows = listInstances(store.reader);
    expect(rows.map(({ name }) => name).sort()).toEqual([...records.keys()].sort());
    expect(rows.filter(({ name, record }) => !isSame(record, records.get(name)?.record))).toEqual([]);
    expect(listTombstones(store.reader).map(({ name }) => name)).toEqual([...tombstones.keys()].sort());
    expect(promised.pushes).toBeGreaterThan(0);
  },
  120_000 + KILLS * 20_000,
);
