import { expect, it } from 'vitest';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { git } from '../../../support/person-git.ts';
import { openFurnishedHouse } from './fixture.ts';

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

it('a main that was rewritten is told, and nothing of it is imported', async () => {
  const house = await openFurnishedHouse('bot-a');
  const [base, head] = [house.record('bot-a'), git(house.bare, 'rev-parse', 'main').trim()];
  const told = new Promise<string>((resolve) => {
    house.publisher.on('state', ({ state }) => resolve(state));
    house.publisher.on('imported', () => resolve('imported'));
  });
  const theirs = git(house.bare, 'commit-tree', EMPTY_TREE, '-m', 'Elsewhere').trim();

  git(house.bare, 'update-ref', 'refs/heads/main', theirs);

  expect(await told).toBe('rewritten');
  expect(house.publisher.state()).toMatchObject({ state: 'rewritten', head: theirs, imported: head });
  expect(getMeta(house.store.reader, IMPORTED_COMMIT)).toBe(head);
  expect(house.record('bot-a')).toEqual(base);
});
