import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createPublisher } from '../../../../server/services/publish/create-publisher.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { getInstance, listInstances } from '../../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { readMigrations } from '../../../../server/store/migrate.ts';
import { openStore, type Store } from '../../../../server/store/open-store.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import {
  change,
  creation,
  editOf,
  FLEET,
  openFurnishedHouse,
  openHouse,
  recordOf,
  withSpec,
  type House,
} from './fixture.ts';

/** What a program with two migrations had written down of the house's main, now opened by this one. */
function upgradedStore(house: House): Store {
  const folder = tempFolder();
  const place = { file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock'), log: silentLog };
  openStore({ ...place, migrations: readMigrations().slice(0, 2) }).close();
  const old = new Database(place.file);
  const fleet = getFleet(house.store.reader);
  old
    .prepare('INSERT INTO fleet (id, record, commit_id) VALUES (1, ?, ?)')
    .run(JSON.stringify(fleet?.record), fleet?.commit);
  const bot = old.prepare(
    'INSERT INTO instances (name, record, commit_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { name, record, commit, createdAt, updatedAt } of listInstances(house.store.reader)) {
    bot.run(name, JSON.stringify(record), commit, createdAt, updatedAt);
  }
  old
    .prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    .run(IMPORTED_COMMIT, getMeta(house.store.reader, IMPORTED_COMMIT));
  old.close();
  return openStore(place);
}

/** Follows main as a start does, until it has. */
async function follow(house: House, store: Store): Promise<void> {
  const { repository } = house;
  const snapshots = createSnapshots(repository);
  const publisher = createPublisher({ store, repository, snapshots, log: silentLog, clock: systemClock });
  const ending = new AbortController();
  const first = Promise.withResolvers<undefined>();
  publisher.on('state', ({ state }) => {
    if (state === 'following') first.resolve(undefined);
  });
  const running = publisher.run(ending.signal);
  await first.promise;
  ending.abort();
  await running;
}

const renderedCommit = (store: Store, name: string): string | null | undefined =>
  getInstance(store.reader, name)?.renderedCommit;

describe('the revision of a bot', () => {
  it('is the commit that rendered it, where a record was pushed without its dist/', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const text = house.person.read('instances/bot-a.yaml');
    const other = renderedCommit(house.store, 'bot-b');

    const pushed = house.person.push('Stop it', { 'instances/bot-a.yaml': `${text.trimEnd()}\n  state: stopped\n` });
    await house.caughtUp();

    const followUp = await house.repository.head();
    expect(followUp).not.toBe(pushed);
    expect(getInstance(house.store.reader, 'bot-a')).toMatchObject({ commit: pushed, renderedCommit: followUp });
    expect(renderedCommit(house.store, 'bot-b')).toBe(other);
  });

  it('is told by git where the database is of a program that did not note it', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const base = house.record('bot-b');
    const stopped = await house.published(editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))));
    const { resources } = FLEET.spec;
    const next = {
      ...FLEET,
      spec: { ...FLEET.spec, resources: { ...resources, limits: { ...resources.limits, cpu: '3' } } },
    };
    const everywhere = await house.published(editOf('Defaults', { kind: 'Fleet', base: FLEET, next }));
    using store = upgradedStore(house);
    expect(renderedCommit(store, 'bot-b')).toBe(stopped);

    await follow(house, store);

    expect([renderedCommit(store, 'bot-a'), renderedCommit(store, 'bot-b')]).toEqual([everywhere, everywhere]);
    expect(listInstances(store.reader)).toEqual(listInstances(house.store.reader));
  });

  it('is told by git also of the bots that no commit touched since such a program ended', async () => {
    const house = await openHouse();
    const stop = house.start();
    const bots = ['bot-a', 'bot-b'].map((name) => creation(recordOf(name)));
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
    const text = house.person.read('instances/bot-a.yaml');
    house.person.push('Stop it', { 'instances/bot-a.yaml': `${text.trimEnd()}\n  state: stopped\n` });
    await house.caughtUp();
    await stop();
    const rendered = await house.repository.head();
    using store = upgradedStore(house);
    const note = house.person.push('Note', {
      'instances/bot-b.yaml': `# noted\n${house.person.read('instances/bot-b.yaml')}`,
    });

    await follow(house, store);

    expect([renderedCommit(store, 'bot-a'), renderedCommit(store, 'bot-b')]).toEqual([rendered, note]);
  });
});
