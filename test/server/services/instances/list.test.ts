import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createObservedStore } from '../../../../server/reconcile/status/observed-store.ts';
import { createFreshness } from '../../../../server/services/fleet/freshness.ts';
import { listLeaving } from '../../../../server/services/instances/leaving.ts';
import { findInstances, listInstances, writeInstances } from '../../../../server/services/instances/list.ts';
import type { Reader } from '../../../../server/store/connection.ts';
import { putFleet } from '../../../../server/store/fleet.ts';
import { putInstance } from '../../../../server/store/instances.ts';
import { openStore, type Store } from '../../../../server/store/open-store.ts';
import { replaceProblems } from '../../../../server/store/problems.ts';
import { putSealedKey } from '../../../../server/store/sealed-keys.ts';
import { putTombstone } from '../../../../server/store/tombstones.ts';
import { putUnrendered } from '../../../../server/store/unrendered.ts';
import { observedUnit } from '../../reconcile/observed-fixture.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const COMMIT = 'a'.repeat(40);
const AT = '2026-11-26T10:00:00Z';
const fleet = newFleet({ recipients: [] });
const nameOf = (index: number): string => `bot-${String(index).padStart(4, '0')}`;

/** Bots that each have a problem, an own key, and files edited by hand, and as many that are gone. */
function storeOf(size: number): Store {
  const folder = tempFolder();
  const store = openStore({ file: join(folder, 'c.db'), lockFile: join(folder, 'c.lock'), log: silentLog });
  store.transact((tx) => {
    putFleet(tx, { record: fleet, commit: COMMIT });
    for (let index = 0; index < size; index += 1) {
      const name = nameOf(index);
      const record = newRecord({ name, displayName: name }, fleet);
      putInstance(tx, { name, record, commit: COMMIT, createdAt: AT, updatedAt: AT });
      putUnrendered(tx, { unit: name, cause: 'hand', commit: COMMIT });
      const key = { scope: name, name: 'BRAVE_API_KEY', file: 'sealed', fingerprint: null, hint: '' };
      putSealedKey(tx, { ...key, commit: COMMIT, updatedAt: AT });
      putTombstone(tx, { name: `${name}-gone`, data: 'retain', removedAt: AT, removedBy: 'Ada', commit: COMMIT });
    }
    replaceProblems(
      tx,
      Array.from({ length: size }, (_, index) => ({
        unit: nameOf(index),
        severity: 'error',
        file: `instances/${nameOf(index)}.yaml`,
        field: '',
        message: `is wrong ${index}`,
      })),
    );
  });
  return store;
}

/** The store with a count of the rows that were read of it. */
function counted(store: Store): { readonly store: Store; readonly rows: () => number } {
  let rows = 0;
  const reader: Reader = {
    all: (schema, sql, ...values) => {
      const found = store.reader.all(schema, sql, ...values);
      rows += found.length;
      return found;
    },
    get: (schema, sql, ...values) => {
      rows += 1;
      return store.reader.get(schema, sql, ...values);
    },
  };
  return { store: { ...store, reader }, rows: () => rows };
}

const shownFrom = (store: Store) => ({
  store,
  cluster: {
    observed: createObservedStore({
      connection: () => ({
        state: 'none',
        context: null,
        server: null,
        identity: null,
        detail: 'none',
        lastSeen: null,
      }),
      commit: () => null,
      namespace: () => null,
      standing: () => [],
      retained: () => [],
      removals: () => null,
      rollout: () => null,
      rewind: () => null,
    }),
  },
  freshness: createFreshness({ on: () => () => undefined }),
  publisher: { state: () => ({ state: 'following', head: null }) as const },
  basePath: '',
});

test('a row shows the keys and problems of its own bot', () => {
  using store = storeOf(3);

  const [row] = findInstances(shownFrom(store), ['bot-0001', 'bot-9999', 'bot-0001-gone']);

  expect(row).toMatchObject({ name: 'bot-0001', has_brave_override: true, has_openai_override: false });
  expect(row?.sync_reason).toBe('instances/bot-0001.yaml: is wrong 1');
});

test('a row costs as many rows of the database in a fleet of 400 as in one of 20', () => {
  using small = storeOf(20);
  using large = storeOf(400);
  const names = Array.from({ length: 10 }, (_, index) => nameOf(index));

  const [few, many] = [small, large].map((store) => {
    const { store: seen, rows } = counted(store);
    findInstances(shownFrom(seen), [...names, 'bot-0000-gone']);
    return rows();
  });

  expect(many).toBe(few);
});

test('the list of all bots costs rows in proportion to them', () => {
  using small = storeOf(100);
  using large = storeOf(400);

  const [few = 0, many = 0] = [small, large].map((store) => {
    const { store: seen, rows } = counted(store);
    listInstances(shownFrom(seen));
    return rows();
  });

  expect(many).toBeLessThan(4.1 * few);
});

test('whoever asks for all bots of a large fleet lets others in between, and gets the same', async () => {
  using store = storeOf(400);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);

  const written = await writeInstances(shownFrom(store));
  isDone = true;

  expect(turns).toBeGreaterThanOrEqual(4);
  expect(written).toBe(JSON.stringify(listInstances(shownFrom(store))));
});

test('bots that leave cost what is shown of them, however many have left before', () => {
  using small = storeOf(20);
  using large = storeOf(400);

  const [few, many] = [small, large].map((store) => {
    const { store: seen, rows } = counted(store);
    const context = shownFrom(seen);
    const leaving = { data: 'retain', waitsFor: 'its pod', isStuck: false, objects: [] } as const;
    context.cluster.observed.set(observedUnit('bot-0001-gone', { leaving }));
    expect(listLeaving(context).map(({ row }) => row.name)).toEqual(['bot-0001-gone']);
    return rows();
  });

  expect(many).toBe(few);
});
