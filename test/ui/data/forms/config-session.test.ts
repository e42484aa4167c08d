import { expect, test } from 'vitest';
import { ConfigSession } from '../../../../ui/src/data/forms/config-session.ts';
import type { Kept } from '../../../../ui/src/data/kept.ts';

const first = { config: '{"a":1}', revision: 'one' };
const second = { config: '{"a":2}', revision: 'two' };

function memory(): Kept {
  const values = new Map<string, string>();
  return {
    read: (key) => values.get(key) ?? null,
    write: (key, value) => {
      if (value === null) values.delete(key);
      else values.set(key, value);
    },
  };
}
const begin = (kept: Kept, main = first) => new ConfigSession('bot-a', main, kept, () => 5);

test('text that was typed is there again after the page was left', () => {
  const kept = memory();
  begin(kept).type('{"a":1,"b":2}');

  const again = begin(kept);

  expect([again.text, again.isEdited, again.savedAt, again.newer]).toEqual(['{"a":1,"b":2}', true, 5, null]);
  again.done();
  expect(begin(kept).isEdited).toBe(false);
});

test('a newer main never takes the place of typed text: it is a question', () => {
  const session = begin(memory());
  session.type('mine');

  session.meet(second);

  expect([session.text, session.base, session.newer]).toEqual(['mine', first, second]);
  session.settle('mine');
  expect([session.text, session.base, session.newer]).toEqual(['mine', second, null]);
});

test('main is taken where nothing of ours is at stake', () => {
  const session = begin(memory());
  session.meet(second);
  expect([session.text, session.isEdited]).toEqual([second.config, false]);

  session.type('mine');
  session.meet({ config: second.config, revision: 'three' });
  expect([session.text, session.base.revision, session.newer]).toEqual(['mine', 'three', null]);
});

test('a draft that was typed on an older main asks when the page is opened again', () => {
  const kept = memory();
  begin(kept).type('mine');

  const session = begin(kept, second);

  expect([session.text, session.newer]).toEqual(['mine', second]);
  session.settle('theirs');
  expect([session.text, session.isEdited]).toEqual([second.config, false]);
});

test('formatting leaves a text with an error alone', () => {
  const session = begin(memory());
  session.format();
  expect(session.text).toBe('{\n  "a": 1\n}\n');
  session.type('{');
  session.format();
  expect([session.text, session.problem?.line]).toEqual(['{', 1]);
});
