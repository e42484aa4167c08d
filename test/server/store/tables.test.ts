import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../constructs/new-documents.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { addAudit, droppedDecision, EDIT_ACTION, listAudit } from '../../../server/store/audit.ts';
import { getFleet, putFleet } from '../../../server/store/fleet.ts';
import {
  getInstance,
  insertDraftInstance,
  listInstances,
  listPublishedNames,
  putInstance,
  removeInstance,
} from '../../../server/store/instances.ts';
import { addJournal, KEPT_ROWS, listJournal, listJournalOf } from '../../../server/store/journal.ts';
import { openStore } from '../../../server/store/open-store.ts';
import { listProblems, replaceProblems } from '../../../server/store/problems.ts';
import { addRevision, listRevisions } from '../../../server/store/revisions.ts';
import { getSealedKey, listSealedKeys, putSealedKey, removeSealedKey } from '../../../server/store/sealed-keys.ts';
import { listTombstones, putTombstone, removeTombstone } from '../../../server/store/tombstones.ts';
import { listUnrendered, putUnrendered, removeUnrendered } from '../../../server/store/unrendered.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const AT = '2026-11-19T14:31:40Z';
const LATER = '2026-11-20T14:31:40Z';
const COMMIT = 'c'.repeat(40);
const fleet = newFleet({ recipients: [] });
const record = newRecord({ name: 'bot-a', displayName: 'A' }, fleet);

function openTemp() {
  const folder = tempFolder();
  return openStore({ file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock'), log: silentLog });
}

describe('instances', () => {
  it('keep their number from the draft on, and give it to no other bot', () => {
    using store = openTemp();
    const id = store.transact((tx) => insertDraftInstance(tx, 'bot-a', AT));
    expect(getInstance(store.reader, id)).toMatchObject({ name: 'bot-a', record: null, commit: null });

    store.transact((tx) =>
      putInstance(tx, { name: 'bot-a', record, commit: COMMIT, createdAt: LATER, updatedAt: LATER }),
    );
    expect(getInstance(store.reader, 'bot-a')).toEqual({
      id,
      name: 'bot-a',
      record,
      commit: COMMIT,
      renderedCommit: COMMIT,
      createdAt: AT,
      updatedAt: LATER,
    });

    store.transact((tx) => removeInstance(tx, 'bot-a'));
    expect(store.transact((tx) => insertDraftInstance(tx, 'bot-a', AT))).toBeGreaterThan(id);
  });

  it('have unique names', () => {
    using store = openTemp();
    store.transact((tx) => insertDraftInstance(tx, 'bot-a', AT));

    expect(() => store.transact((tx) => insertDraftInstance(tx, 'bot-a', AT))).toThrow(
      expect.objectContaining({ code: 'name_taken' }),
    );
  });

  it('are listed oldest first, those on main by name too', () => {
    using store = openTemp();
    store.transact((tx) => {
      insertDraftInstance(tx, 'bot-z', AT);
      putInstance(tx, { name: 'bot-a', record, commit: COMMIT, createdAt: AT, updatedAt: AT });
    });

    expect(listInstances(store.reader).map(({ name }) => name)).toEqual(['bot-z', 'bot-a']);
    expect(listPublishedNames(store.reader)).toEqual(['bot-a']);
  });
});

describe('the other tables', () => {
  it('keep the fleet, once', () => {
    using store = openTemp();
    store.transact((tx) => putFleet(tx, { record: fleet, commit: 'a'.repeat(40) }));
    store.transact((tx) => putFleet(tx, { record: fleet, commit: COMMIT }));

    expect(getFleet(store.reader)).toEqual({ record: fleet, commit: COMMIT });
  });

  it('keep sealed keys by scope and name', () => {
    using store = openTemp();
    const key = { scope: 'global', name: 'A', file: 'ENC', fingerprint: null, hint: '', commit: COMMIT, updatedAt: AT };
    const own = { ...key, scope: 'bot-a', fingerprint: Buffer.from([1]), hint: 'abcd' };
    store.transact((tx) => [key, own].forEach((each) => putSealedKey(tx, each)));
    store.transact((tx) => putSealedKey(tx, { ...key, file: 'ENC2' }));

    expect(listSealedKeys(store.reader).map(({ scope }) => scope)).toEqual(['bot-a', 'global']);
    expect(getSealedKey(store.reader, 'global', 'A')?.file).toBe('ENC2');
    expect(listSealedKeys(store.reader, 'bot-a')).toEqual([own]);
    store.transact((tx) => removeSealedKey(tx, 'bot-a', 'A'));
    expect(getSealedKey(store.reader, 'bot-a', 'A')).toBeUndefined();
  });

  it('keep tombstones, problems and renderings that are due', () => {
    using store = openTemp();
    const grave = { name: 'bot-a', data: 'retain' as const, removedAt: AT, removedBy: 'Ada', commit: COMMIT };
    const problem = {
      file: 'instances/bot-a.yaml',
      unit: 'bot-a',
      severity: 'error' as const,
      field: 'spec',
      message: 'no',
    };
    const placed = { ...problem, unit: null, line: 3, column: 4, source: 'a: b' };
    store.transact((tx) => {
      putTombstone(tx, grave);
      replaceProblems(tx, [problem]);
      replaceProblems(tx, [problem, placed]);
      putUnrendered(tx, { unit: 'bot-a', cause: 'inputs', commit: COMMIT });
      putUnrendered(tx, { unit: 'bot-a', cause: 'hand', commit: COMMIT });
    });

    expect(listTombstones(store.reader)).toEqual([grave]);
    expect(listProblems(store.reader)).toEqual([problem, placed]);
    expect(listProblems(store.reader, 'bot-a')).toEqual([problem]);
    expect(listUnrendered(store.reader)).toEqual([{ unit: 'bot-a', cause: 'hand', commit: COMMIT }]);
    store.transact((tx) => {
      removeTombstone(tx, 'bot-a');
      removeUnrendered(tx, 'bot-a');
    });
    expect([...listTombstones(store.reader), ...listUnrendered(store.reader)]).toEqual([]);
  });

  it('keep revisions, the journal and the audit trail, newest first', () => {
    using store = openTemp();
    const entry = { at: AT, unit: 'bot-a', commit: COMMIT, event: 'applied', detail: '' } as const;
    const asked = { at: AT, actor: 'Ada', action: 'stop', subject: 'bot-a', editId: null, detail: '' };
    store.transact((tx) => {
      addRevision(tx, { unit: 'bot-a', record, savedAt: AT, savedBy: 'Ada', origin: { editId: 'e1' } });
      addRevision(tx, { unit: 'bot-a', record: null, savedAt: AT, savedBy: 'Grace', origin: { commit: COMMIT } });
      addJournal(tx, entry);
      addJournal(tx, { ...entry, unit: 'bot-b', commit: null, event: 'failed' });
      addAudit(tx, asked);
    });

    expect(listRevisions(store.reader, 'bot-a', 9)).toMatchObject([
      { record: null, savedBy: 'Grace', origin: { commit: COMMIT } },
      { record: JSON.stringify(record), origin: { editId: 'e1' } },
    ]);
    expect(listJournal(store.reader, 'bot-a')).toMatchObject([entry]);
    expect(listJournal(store.reader, 'bot-b')).toMatchObject([{ event: 'failed', commit: null }]);
    expect(listJournalOf(store.reader, [COMMIT, 'other'])).toMatchObject([entry]);
    expect(listAudit(store.reader, { before: 9, limit: 9, except: '' })).toMatchObject([asked]);
  });

  it('keep the newest rows of the journal for each unit, and no more of one than of another', () => {
    using store = openTemp();
    const entry = { at: AT, unit: 'bot-a', commit: COMMIT, event: 'failed', detail: '' } as const;
    store.transact((tx) => {
      addJournal(tx, { ...entry, unit: 'bot-b' });
      for (let index = 0; index < KEPT_ROWS + 5; index++) addJournal(tx, { ...entry, detail: `${index}` });
    });

    const kept = listJournal(store.reader, 'bot-a', KEPT_ROWS * 2).map(({ detail }) => Number(detail));
    expect(kept).toEqual(Array.from({ length: KEPT_ROWS }, (_, index) => KEPT_ROWS + 4 - index));
    expect(listJournal(store.reader, 'bot-b')).toHaveLength(1);
  });

  it('keep the audit trail within an age and a size, cut in small steps, and tell what decision was dropped last', () => {
    using store = openTemp();
    const limits = { days: 10, rows: 30 };
    const day = (date: number): string => `2026-11-${String(date).padStart(2, '0')}T00:00:00Z`;
    const add = (at: string, action = 'merge'): void =>
      store.transact((tx) =>
        addAudit(tx, { at, actor: 'Ada', action, subject: 'x', editId: null, detail: at }, limits),
      );
    const kept = () => listAudit(store.reader, { before: 999, limit: 999, except: '' }).map(({ detail }) => detail);
    add(day(1));
    add(day(2), EDIT_ACTION);
    add(day(11));
    expect([kept().at(-1), droppedDecision(store.reader)]).toEqual([day(1), undefined]);
    add(day(12));
    expect([kept().at(-1), droppedDecision(store.reader)]).toEqual([day(2), day(1)]);
    add(day(13));
    // An edit is told by its commit, so nothing is missing that was shown.
    expect([kept().at(-1), droppedDecision(store.reader)]).toEqual([day(11), day(1)]);
    for (let index = 0; index < 40; index += 1) add(day(14));
    expect(kept()).toHaveLength(30);
    expect(droppedDecision(store.reader)).toBe(day(14));

    store.transact((tx) => {
      for (let index = 0; index < 60; index += 1) {
        tx.run(`INSERT INTO audit (at, actor, action, subject) VALUES (?, 'Ada', 'merge', 'x')`, day(14));
      }
    });
    add(day(14));
    expect(kept()).toHaveLength(71);
  });
});
