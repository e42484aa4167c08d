import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatMessage } from '../../../../server/git/message.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { importRepository } from '../../../../server/services/publish/import-repository.ts';
import { prepareEdit } from '../../../../server/services/publish/prepare-edit.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { getInstance, listInstances } from '../../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { listTombstones } from '../../../../server/store/tombstones.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import {
  ADA,
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

/** Does what the publisher does up to and with the commit, as if it was killed right after it. */
async function commitAndDie(house: House, edit: ReturnType<typeof editOf>): Promise<string> {
  const parent = await house.repository.head();
  const snapshot = await house.snapshots.at(parent);
  const prepared = await prepareEdit(house.snapshots, snapshot, edit, new Set());
  if (prepared.state !== 'ready') throw new Error(prepared.state);
  const message = formatMessage(edit.message, [], { 'Claworc-Edit': edit.id });
  const result = await house.repository.commit({
    parent,
    changes: prepared.changes,
    message,
    author: ADA,
    at: edit.at,
  });
  if (!result.ok) throw new Error('lost the race');
  return result.commit;
}

describe('a start after a crash', () => {
  it('finds an edit that reached main by its trailer, and commits it no second time', async () => {
    const house = await openHouse();
    const edit = editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));
    house.publisher.submit(edit);
    const commit = await commitAndDie(house, edit);

    house.start();

    expect(await house.publisher.settled(edit.id, 20_000)).toEqual({ state: 'published', commit });
    await house.caughtUp();
    expect(git(house.bare, 'rev-list', '--count', 'main').trim()).toBe('1');
    expect(getInstance(house.store.reader, 'bot-a')).toMatchObject({ id: 1, commit });
  });

  it('finds it also below what others committed since', async () => {
    const house = await openHouse();
    const stop = house.start();
    const bots = ['bot-a', 'bot-b'].map((name) => creation(recordOf(name)));
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
    await stop();
    const base = house.record('bot-a');
    const edit = editOf('Stop', change(base, withSpec(base, { state: 'stopped' })));
    house.publisher.submit(edit);
    const commit = await commitAndDie(house, edit);
    const text = house.person.read('instances/bot-b.yaml');
    house.person.push('Note', { 'instances/bot-b.yaml': `# noted\n${text}` });

    house.start();

    expect(await house.publisher.settled(edit.id, 20_000)).toEqual({ state: 'published', commit });
    expect(git(house.bare, 'log', '--format=%s', '-2').trim().split('\n')).toEqual(['Note', 'Stop']);
  });

  it('publishes what was saved and not yet committed', async () => {
    const house = await openHouse();
    const edit = editOf('Start', { kind: 'Fleet', base: null, next: FLEET });
    house.publisher.submit(edit);
    const stop = house.start();
    await house.publisher.settled(edit.id, 20_000);
    await stop();
    const later = editOf('Create', creation(recordOf('bot-a')));
    house.publisher.submit(later);
    expect(await house.publisher.settled(later.id, 100)).toEqual({ state: 'pending' });

    house.start();

    expect(await house.publisher.settled(later.id, 20_000)).toMatchObject({ state: 'published' });
  });

  it('can give up a draft before it is published', async () => {
    const house = await openHouse();
    const edit = editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));
    house.publisher.submit(edit);

    expect(house.publisher.discardDraft(edit.id)).toBe(true);
    house.start();

    expect(await house.publisher.settled(edit.id, 100)).toEqual({ state: 'discarded' });
    expect(listInstances(house.store.reader)).toEqual([]);
    expect(await house.repository.head()).toBeNull();
  });

  it('knows no edit that was never made', async () => {
    const house = await openHouse();
    await expect(house.publisher.settled('none', 1)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('importing a repository', () => {
  it('rebuilds an empty database with the same numbers and the times of git', async () => {
    const house = await openFurnishedHouse('bot-z', 'bot-a');
    await house.published({ ...editOf('Create', creation(recordOf('bot-m'))), at: '2026-11-20T08:00:00Z' });
    const base = house.record('bot-z');
    await house.published({
      ...editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))),
      at: '2026-11-21T08:00:00Z',
    });
    await house.published({ ...editOf('Delete', change(house.record('bot-a'), null)), at: '2026-11-22T08:00:00Z' });
    const folder = tempFolder();
    using store = openStore({
      file: join(folder, 'claworc.db'),
      lockFile: join(folder, 'claworc.lock'),
      log: silentLog,
    });

    const imported = await importRepository({
      store,
      repository: house.repository,
      snapshots: createSnapshots(house.repository),
      clock: systemClock,
    });

    const head = git(house.bare, 'rev-parse', 'main').trim();
    expect(imported).toEqual({ commit: head, instances: 2, problems: [] });
    expect(getMeta(store.reader, IMPORTED_COMMIT)).toBe(head);
    expect(listInstances(store.reader).map(({ name, createdAt, updatedAt }) => [name, createdAt, updatedAt])).toEqual([
      ['bot-z', '2026-11-19T14:31:40Z', '2026-11-21T08:00:00Z'],
      ['bot-m', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z'],
    ]);
    for (const { name, record } of listInstances(store.reader)) expect(record).toEqual(house.record(name));
    expect(getFleet(store.reader)?.record).toEqual(FLEET);
    expect(listTombstones(store.reader)).toEqual(
      listTombstones(house.store.reader).map((row) => ({ ...row, commit: head })),
    );
  });

  it('keeps numbers and drafts of a database that is there, and forgets bots that main does not have', async () => {
    const house = await openHouse();
    const stop = house.start();
    const bots = ['bot-a', 'bot-b'].map((name) => creation(recordOf(name)));
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
    await stop();
    house.person.push('Lose one', { 'instances/bot-a.yaml': null, 'dist/bot-a': null });
    const draft = editOf('Create', creation(recordOf('bot-c')));
    house.publisher.submit(draft);

    await importRepository({ ...house, clock: systemClock });

    expect(listInstances(house.store.reader).map(({ id, name }) => [id, name])).toEqual([
      [2, 'bot-b'],
      [3, 'bot-c'],
    ]);
    expect(getEdit(house.store.reader, draft.id)?.state).toBe('pending');
  });

  it('of an empty repository gives an empty database', async () => {
    const house = await openHouse();

    expect(await importRepository({ ...house, clock: systemClock })).toEqual({
      commit: null,
      instances: 0,
      problems: [],
    });
  });
});
