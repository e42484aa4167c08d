import { NOT_DEMANDED } from '../../../../server/git/signing/unsigned-content.ts';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRepo } from '../../../../constructs/repo/index.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { importMain } from '../../../../server/services/publish/import-main.ts';
import { importStep } from '../../../../server/services/publish/import-step.ts';
import type { MainStep } from '../../../../server/services/publish/main-step.ts';
import { listInstances } from '../../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { openStore, type Store } from '../../../../server/store/open-store.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { listRevisions } from '../../../../server/store/revisions.ts';
import { listUnrendered } from '../../../../server/store/unrendered.ts';
import { filesOf } from '../../../constructs/repo/fixture.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const COMMIT = 'c'.repeat(40);
const NOW = '2026-11-26T10:00:00Z';
const NAMES = Array.from({ length: 250 }, (_, at) => `bot-${String(at).padStart(3, '0')}`);

/** A push of 250 records onto nothing, without their rendering. */
function push(): MainStep {
  const files = filesOf(...NAMES).key('bot-007', 'BRAVE_API_KEY');
  const made = {
    commit: COMMIT,
    author: { name: 'Ada', email: 'ada@example.com' },
    at: NOW,
    message: '',
    trailers: {},
  };
  return {
    commit: COMMIT,
    snapshot: { commit: COMMIT, files, repo: readRepo(files), refused: [], signing: NOT_DEMANDED },
    history: [{ ...made, files: [...files.keys()].map((path) => ({ path, change: 'added' })) }],
    units: new Set(['fleet', ...NAMES]),
    unrendered: new Map(NAMES.map((unit) => [unit, { cause: 'inputs', commit: COMMIT }])),
  };
}

function openTemp(): Store {
  const folder = tempFolder();
  return openStore({ file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock'), log: silentLog });
}

const allOf = ({ reader }: Store) => ({
  instances: listInstances(reader),
  revisions: NAMES.map((name) => listRevisions(reader, name, 10)),
  unrendered: listUnrendered(reader),
  problems: listProblems(reader),
  imported: getMeta(reader, IMPORTED_COMMIT),
});

/** What one transaction makes of the push. */
function inOneGo() {
  using store = openTemp();
  store.transact((tx) => importStep(tx, push(), NOW));
  return allOf(store);
}

describe('the import of a push of hundreds', () => {
  it('gives the rows that one transaction gives, and others get their turn meanwhile', async () => {
    using store = openTemp();
    let turns = 0;
    const tick = (): void => {
      turns += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);

    await importMain(store, push(), NOW);
    clearImmediate(next);

    expect(allOf(store)).toEqual(inOneGo());
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('is taken again after a crash between its transactions, with the same end', async () => {
    for (const crashAt of [1, 2, 3]) {
      using store = openTemp();
      let transactions = 0;
      const crashing: Store = {
        ...store,
        transact: (work) => {
          if (transactions === crashAt) throw new Error('killed');
          transactions += 1;
          return store.transact(work);
        },
      };
      await expect(importMain(crashing, push(), NOW)).rejects.toThrow('killed');
      expect(getMeta(store.reader, IMPORTED_COMMIT)).toBeUndefined();

      await importMain(store, push(), NOW);

      expect(allOf(store), `after ${crashAt}`).toEqual(inOneGo());
    }
  });

  it('is one transaction for an edit', async () => {
    using store = openTemp();
    await importMain(store, push(), NOW);
    const before = store.changes();

    await importMain(store, { ...push(), units: new Set(['bot-001']), history: [], unrendered: new Map() }, NOW);

    expect(store.changes() - before).toBe(1);
  });
});
