import { describe, expect, it, vi } from 'vitest';
import { getEdit, listOpenEdits } from '../../../../server/store/outbox.ts';
import { git } from '../../../support/person-git.ts';
import { change, editOf, openFurnishedHouse, withSpec } from './fixture.ts';

describe('two people and one bot', () => {
  it('both succeed when they change different fields', async () => {
    const house = await openFurnishedHouse('bot-a');
    const base = house.record('bot-a');
    const one = editOf('Image', change(base, withSpec(base, { image: 'example.com/bot:2' })));
    const other = editOf('Env', change(base, withSpec(base, { env: { LANG: 'de' } })));
    house.publisher.submit(one);
    house.publisher.submit(other);

    expect(await house.publisher.settled(one.id, 20_000)).toMatchObject({ state: 'published' });
    expect(await house.publisher.settled(other.id, 20_000)).toMatchObject({ state: 'published' });
    expect(house.record('bot-a').spec).toMatchObject({ image: 'example.com/bot:2', env: { LANG: 'de' } });
  });

  it('get a conflict with all three values when they change the same field, and nothing is lost', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const heard = vi.fn();
    house.publisher.on('conflict', heard);
    const base = house.record('bot-a');
    const next = (image: string) => withSpec(base, { image });
    const one = editOf('One', change(base, next('example.com/bot:1')));
    const two = editOf('Two', change(base, next('example.com/bot:2')));
    const neighbour = editOf('B', change(house.record('bot-b'), withSpec(house.record('bot-b'), { state: 'stopped' })));
    [one, two, neighbour].forEach((edit) => house.publisher.submit(edit));

    expect(await house.publisher.settled(neighbour.id, 20_000)).toMatchObject({ state: 'published' });
    const conflicts = [
      { unit: 'bot-a', field: 'spec.image', base: undefined, theirs: 'example.com/bot:1', mine: 'example.com/bot:2' },
    ];
    expect(await house.publisher.settled(two.id, 20_000)).toEqual({ state: 'conflict', conflicts });
    expect(heard).toHaveBeenCalledExactlyOnceWith({ editId: two.id, units: ['bot-a'], conflicts });
    expect(house.record('bot-a').spec.image).toBe('example.com/bot:1');

    // The draft is still there; saved again on what main says now, it is published.
    expect(listOpenEdits(house.store.reader, 'bot-a').map(({ id }) => id)).toEqual([two.id]);
    const theirs = house.record('bot-a');
    await house.published(editOf('Two again', change(theirs, withSpec(theirs, { image: 'example.com/bot:2' }))));
    expect(house.publisher.discardDraft(two.id)).toBe(true);
    expect(getEdit(house.store.reader, two.id)?.state).toBe('discarded');
    expect(house.record('bot-a').spec.image).toBe('example.com/bot:2');
  });

  it('get a conflict when one removes what the other changed, either way round', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const [a, b] = [house.record('bot-a'), house.record('bot-b')];
    const stopA = editOf('Stop', change(a, withSpec(a, { state: 'stopped' })));
    const removeA = editOf('Remove', change(a, null));
    const removeB = editOf('Remove', change(b, null));
    const stopB = editOf('Stop', change(b, withSpec(b, { state: 'stopped' })));
    [stopA, removeA, removeB, stopB].forEach((edit) => house.publisher.submit(edit));
    await house.publisher.settled(stopB.id, 20_000);

    expect(getEdit(house.store.reader, removeA.id)).toMatchObject({ state: 'conflict', conflicts: [{ field: '' }] });
    expect(getEdit(house.store.reader, stopB.id)).toMatchObject({ state: 'conflict', conflicts: [{ field: '' }] });
    expect(house.onMain('instances/bot-a.yaml')).toBeDefined();
    expect(house.onMain('instances/bot-b.yaml')).toBeUndefined();
  });

  it('merge with what somebody pushes meanwhile: other fields join, the same field is a conflict', async () => {
    const house = await openFurnishedHouse('bot-a');
    const base = house.record('bot-a');
    const text = house.person.read('instances/bot-a.yaml');
    house.person.push('Rename', { 'instances/bot-a.yaml': text.replace(/displayName: .*/, 'displayName: Pushed') });

    const joins = editOf('Stop', change(base, withSpec(base, { state: 'stopped' })));
    const clashes = editOf('Rename', change(base, withSpec(base, { displayName: 'Mine' })));
    house.publisher.submit(joins);
    house.publisher.submit(clashes);

    expect(await house.publisher.settled(joins.id, 20_000)).toMatchObject({ state: 'published' });
    expect(await house.publisher.settled(clashes.id, 20_000)).toMatchObject({
      state: 'conflict',
      conflicts: [{ field: 'spec.displayName', base: 'bot-a', theirs: 'Pushed', mine: 'Mine' }],
    });
    expect(house.record('bot-a').spec).toMatchObject({ state: 'stopped', displayName: 'Pushed' });
  });

  it('lose no edit and no push when they race for main', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const edits = Array.from({ length: 12 }, (_, index) => {
      const base = house.record('bot-a');
      return editOf(`Edit ${index}`, change(base, withSpec(base, { env: { [`VAR_${index}`]: 'x' } })));
    });

    for (const [index, edit] of edits.entries()) {
      house.publisher.submit(edit);
      if (index % 3 !== 0) continue;
      for (;;) {
        // A person who loses the race pulls and pushes again.
        try {
          const text = house.person.read('instances/bot-b.yaml');
          house.person.push(`Push ${index}`, { 'instances/bot-b.yaml': `${text}# ${index}\n` });
          break;
        } catch (error) {
          expect(String(error)).toMatch(/fetch first|non-fast-forward|cannot lock ref|failed to update/);
        }
      }
    }
    for (const edit of edits) {
      expect(await house.publisher.settled(edit.id, 20_000)).toMatchObject({ state: 'published' });
    }
    await house.caughtUp();

    expect(Object.keys(house.record('bot-a').spec.env ?? {})).toHaveLength(12);
    expect(house.onMain('instances/bot-b.yaml')?.match(/^# \d+$/gm)).toEqual(['# 0', '# 3', '# 6', '# 9']);
    const trailers = git(house.bare, 'log', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=%x2C)')
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(trailers).size).toBe(trailers.length);
    expect(trailers).toEqual(expect.arrayContaining(edits.map(({ id }) => id)));
  });
});
