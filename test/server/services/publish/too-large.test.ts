import { expect, it, vi } from 'vitest';
import { TREE_CAPS } from '../../../../server/git/read/read-tree.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { commitBomb, commitWithout } from '../../../support/tree-bomb.ts';
import { creation, editOf, FLEET, openFurnishedHouse, openHouse, recordOf, withSpec, change } from './fixture.ts';

it('a main that holds more than is read is a state with the folder named; drafts wait, and go on by themselves when it is put right', async () => {
  const house = await openHouse({ caps: { ...TREE_CAPS, files: 40 } });
  house.start();
  const alpha = recordOf('bot-alpha');
  await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(alpha)));
  const strays = Array.from({ length: 41 }, (_, index) => `secrets/global/key-${index}.yaml`);
  const head = house.person.push('Far too many', Object.fromEntries(strays.map((path) => [path, 'x'])));
  await vi.waitFor(
    () =>
      expect(house.publisher.state()).toEqual({
        state: 'too_large',
        head,
        detail: expect.stringMatching(
          /^main holds \d+ files of an instances repo, 41 of them in secrets\/global\/; at most 40 are read\. A commit that takes out of secrets\/global\/ .*; until then nothing is published, and what was saved waits\.$/,
        ) as string,
      }),
    { timeout: PATIENCE_MS, interval: 20 },
  );

  const edit = editOf('Rename', change(alpha, withSpec(alpha, { displayName: 'Alpha' })));
  house.publisher.submit(edit);
  expect(await house.publisher.settled(edit.id, 200)).toEqual({ state: 'pending' });
  expect(house.publisher.state().state).toBe('too_large');

  house.person.push('Mended', Object.fromEntries(strays.map((path) => [path, null])));
  expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
  expect(getEdit(house.store.reader, edit.id)?.state).toBe('published');
  expect(house.publisher.state().state).toBe('following');
  expect(house.record('bot-alpha').spec.displayName).toBe('Alpha');
});

it.each([
  ['files', { files: 40 }, 'x'],
  ['bytes', { treeBytes: 200_000 }, 'x'.repeat(20_000)],
])(
  'too many %s where nothing is read (a node_modules below instances/) are told once, and hold up nobody',
  async (_what, caps, text) => {
    const house = await openHouse({ caps: { ...TREE_CAPS, ...caps } });
    house.start();
    const alpha = recordOf('bot-alpha');
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(alpha)));
    const strays = Array.from({ length: 41 }, (_, index) => `instances/node_modules/left-pad/${index}.js`);
    house.person.push('By accident', Object.fromEntries(strays.map((path) => [path, text])));
    await house.imported();

    await house.published(editOf('Rename', change(alpha, withSpec(alpha, { displayName: 'Alpha' }))));

    expect(house.publisher.state().state).toBe('following');
    expect(house.record('bot-alpha').spec.displayName).toBe('Alpha');
    expect(listProblems(house.store.reader)).toMatchObject([
      { file: 'instances/', message: 'the repository has more than is read: what belongs to no bot was left out here' },
    ]);
  },
);

it('a commit whose tree contains itself again and again stops nothing any more once another one takes it out', async () => {
  const house = await openFurnishedHouse('bot-a');
  const main = 'refs/heads/main';
  const bomb = commitBomb(house.bare);
  git(house.bare, 'update-ref', main, bomb);
  await vi.waitFor(() => expect(house.publisher.state().state).toBe('too_large'), { timeout: PATIENCE_MS });

  git(house.bare, 'update-ref', main, commitWithout(house.bare, bomb));

  await house.imported();
  expect(house.publisher.state().state).toBe('following');
  const changed = withSpec(house.record('bot-a'), { displayName: 'Again' });
  await house.published(editOf('Again', change(house.record('bot-a'), changed)));
  expect(house.record('bot-a').spec.displayName).toBe('Again');
});
