import { describe, expect, it } from 'vitest';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { prepareEdit } from '../../../../server/services/publish/prepare-edit.ts';
import { filesOf } from '../../../constructs/repo/fixture.ts';

/** Counts the entries that are gone through. */
class CountingMap<Value> extends Map<string, Value> {
  steps = 0;

  *#counted<Each>(iterator: Iterable<Each>): Generator<Each, undefined> {
    for (const each of iterator) {
      this.steps += 1;
      yield each;
    }
  }

  override entries(): MapIterator<[string, Value]> {
    return this.#counted(super.entries());
  }

  override keys(): MapIterator<string> {
    return this.#counted(super.keys());
  }

  override values(): MapIterator<Value> {
    return this.#counted(super.values());
  }

  override [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }
}

describe('an edit of one bot', () => {
  it('goes through no file of the others, also on top of other edits', async () => {
    const files = new CountingMap(filesOf('bot-a', 'bot-b', 'bot-c').synth());
    const snapshots = createSnapshots({ readFiles: async () => ({ files, refused: [] }) });
    let snapshot = await snapshots.at('one');
    expect(files.steps).toBeGreaterThanOrEqual(files.size);
    files.steps = 0;
    const changed: string[][] = [];

    for (const [index, zone] of ['UTC', 'Europe/Rome', 'Asia/Tokyo'].entries()) {
      const base = snapshot.repo.records.get('bot-b')?.record;
      if (base === undefined) throw new Error('no record');
      const next = { ...base, spec: { ...base.spec, env: { TZ: zone } } };
      const prepared = await prepareEdit(
        snapshots,
        snapshot,
        {
          id: `edit-${index}`,
          at: '2026-01-01T00:00:00Z',
          author: { name: 'Ada', email: 'ada@example.com' },
          message: 'Zone',
          changes: [{ kind: 'BotInstance', name: 'bot-b', base, next }],
        },
        new Set(),
      );
      if (prepared.state !== 'ready') throw new Error(prepared.state);
      changed.push([...prepared.changes.keys()]);
      snapshot = snapshots.adopt(`after-${index}`, prepared.result);
    }

    expect(changed.flat()).toContain('instances/bot-b.yaml');
    expect(changed.flat().filter((path) => !path.includes('bot-b'))).toEqual([]);
    expect(files.steps).toBe(0);
  });
});
