import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../constructs/new-documents.ts';
import { silentLog } from '../../../server/lib/log.ts';
import type { Edit } from '../../../server/store/edit.ts';
import { openStore } from '../../../server/store/open-store.ts';
import {
  addEdit,
  discardEdit,
  firstPendingEdit,
  getEdit,
  listEdits,
  listOpenEdits,
  publishEdit,
  settleEdit,
} from '../../../server/store/outbox.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const AT = '2026-11-19T14:31:40Z';
const fleet = newFleet({ recipients: [] });
const record = newRecord({ name: 'bot-a', displayName: 'A', config: '{\n  "ü": 1\r\n}\n' }, fleet);

const edit = (id: string, changes: Edit['changes'] = [{ kind: 'Fleet', base: null, next: fleet }]): Edit => ({
  id,
  at: AT,
  author: { name: 'Ada', email: 'ada@example.com' },
  message: 'Change',
  changes,
});

function openTemp() {
  const folder = tempFolder();
  return openStore({ file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock'), log: silentLog });
}

describe('the outbox', () => {
  it('gives an edit back as it was put in, of every kind', () => {
    using store = openTemp();
    const whole = edit('e1', [
      { kind: 'BotInstance', name: 'bot-a', base: null, next: record },
      { kind: 'BotInstance', name: 'bot-b', base: record, next: null, data: 'destroy' },
      { kind: 'Fleet', base: fleet, next: fleet },
      {
        kind: 'SealedKey',
        scope: 'global',
        key: 'A_KEY',
        next: { file: 'ENC', fingerprint: Buffer.from([1, 2]), hint: 'abcd' },
      },
      { kind: 'SealedKey', scope: 'bot-a', key: 'B_KEY', next: null },
    ]);

    store.transact((tx) => addEdit(tx, whole));

    expect(getEdit(store.reader, 'e1')).toEqual({
      ...whole,
      state: 'pending',
      proposedAs: null,
      commit: null,
      detail: '',
      conflicts: [],
      settledAt: null,
    });
  });

  it('gives pending edits in the order in which they were made', () => {
    using store = openTemp();
    store.transact((tx) => ['e3', 'e1', 'e2'].forEach((id) => addEdit(tx, edit(id))));

    const order: string[] = [];
    for (let next = firstPendingEdit(store.reader); next; next = firstPendingEdit(store.reader)) {
      const { id } = next;
      order.push(id);
      store.transact((tx) => publishEdit(tx, id, AT, 'c'.repeat(40)));
    }

    expect(order).toEqual(['e3', 'e1', 'e2']);
    expect(listEdits(store.reader, 2).map(({ id }) => id)).toEqual(['e2', 'e1']);
  });

  it('keeps both values of a conflict, and tells "not set" from null', () => {
    using store = openTemp();
    const conflicts = [{ unit: 'bot-a', field: 'spec.env.A', base: undefined, theirs: null, mine: { a: ['ü'] } }];
    store.transact((tx) => {
      addEdit(tx, edit('e1'));
      settleEdit(tx, 'e1', AT, { state: 'conflict', conflicts });
    });

    const [open] = listOpenEdits(store.reader);

    expect(open?.conflicts).toEqual(conflicts);
    expect(open?.conflicts[0]?.theirs).toBeNull();
  });

  it('lists what is not on main, of one unit too', () => {
    using store = openTemp();
    store.transact((tx) => {
      addEdit(tx, edit('pending', [{ kind: 'BotInstance', name: 'bot-a', base: null, next: record }]));
      addEdit(tx, edit('failed', [{ kind: 'SealedKey', scope: 'global', key: 'K', next: null }]));
      addEdit(tx, edit('published'));
      addEdit(tx, edit('discarded'));
      settleEdit(tx, 'failed', AT, { state: 'failed', detail: 'ports used up' });
      publishEdit(tx, 'published', AT, 'c'.repeat(40));
      discardEdit(tx, 'discarded', AT);
    });

    expect(listOpenEdits(store.reader).map(({ id }) => id)).toEqual(['pending', 'failed']);
    expect(listOpenEdits(store.reader, 'bot-a').map(({ id }) => id)).toEqual(['pending']);
    expect(listOpenEdits(store.reader, 'fleet').map(({ detail }) => detail)).toEqual(['ports used up']);
  });

  it('settles an edit once; only finding it on main overrules what was thought of it', () => {
    using store = openTemp();
    store.transact((tx) => addEdit(tx, edit('e1')));
    const settle = (work: (tx: Parameters<Parameters<typeof store.transact>[0]>[0]) => boolean): boolean =>
      store.transact(work);

    expect(settle((tx) => settleEdit(tx, 'e1', AT, { state: 'failed', detail: 'no' }))).toBe(true);
    expect(settle((tx) => settleEdit(tx, 'e1', AT, { state: 'failed', detail: 'again' }))).toBe(false);
    expect(settle((tx) => publishEdit(tx, 'e1', AT, 'c'.repeat(40)))).toBe(true);
    expect(settle((tx) => publishEdit(tx, 'e1', AT, 'd'.repeat(40)))).toBe(false);
    expect(settle((tx) => discardEdit(tx, 'e1', AT))).toBe(false);
    expect(getEdit(store.reader, 'e1')?.commit).toBe('c'.repeat(40));
  });

  it('refuses a second edit of the same id and keeps the first', () => {
    using store = openTemp();
    store.transact((tx) => addEdit(tx, edit('e1')));

    expect(() => store.transact((tx) => addEdit(tx, { ...edit('e1'), message: 'Other' }))).toThrow(/made before/);
    expect(getEdit(store.reader, 'e1')?.message).toBe('Change');
  });
});
