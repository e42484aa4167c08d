import { expect, it, vi } from 'vitest';
import { compareHeads } from '../../../../server/services/publish/compare-heads.ts';
import { git } from '../../../support/person-git.ts';
import { creation, editOf, FLEET, openHouse, recordOf, type House } from './fixture.ts';

async function furnished(): Promise<House> {
  const house = await openHouse({ remote: true });
  house.start();
  const change = { kind: 'Fleet', base: null, next: FLEET } as const;
  await house.published(editOf('Start', change, creation(recordOf('bot-a'))));
  return house;
}

const untilRewritten = (house: House) =>
  vi.waitFor(() => expect(house.publisher.state().state).toBe('rewritten'), { timeout: 20_000 });

it('both heads of a rewritten main are told with what each has that the other has not', async () => {
  const house = await furnished();
  const first = git(house.bare, 'rev-parse', 'main').trim();
  const ours = await house.published(editOf('Add bot-b', creation(recordOf('bot-b'))));
  git(house.bare, 'update-ref', 'refs/heads/main', first);
  const theirs = house.person.push('Elsewhere\n\nA body.', { 'notes.md': 'x\n' });
  await untilRewritten(house);

  const heads = await compareHeads(house);
  expect(heads.ours).toMatchObject({
    commit: ours,
    latest: { commit: ours, message: 'Add bot-b', author: 'Ada' },
    own: [{ commit: ours }],
    more: false,
  });
  expect(heads.theirs).toMatchObject({ commit: theirs, own: [{ message: 'Elsewhere', author: 'Grace' }], more: false });
});

it('a head that has no more than the other has no commits of its own', async () => {
  const house = await furnished();
  const first = git(house.bare, 'rev-parse', 'main').trim();
  await house.published(editOf('Add bot-b', creation(recordOf('bot-b'))));
  git(house.bare, 'update-ref', 'refs/heads/main', first);
  await untilRewritten(house);

  expect((await compareHeads(house)).theirs).toMatchObject({ commit: first, own: [], latest: { message: 'Start' } });
});

it('a head that is not in the repository is told as not known, and so is what the other has beyond it', async () => {
  const house = await furnished();
  const head = git(house.bare, 'rev-parse', 'main').trim();
  const missing = '1'.repeat(40);
  const state = () => ({ state: 'rewritten' as const, imported: missing, head, detail: '' });

  const heads = await compareHeads({ publisher: { state }, repository: house.repository });
  expect(heads.ours).toEqual({ commit: missing, latest: null, own: null, more: false });
  expect(heads.theirs).toMatchObject({ commit: head, latest: { message: 'Start' }, own: null });
});

it('a main that is followed has one head, which is a conflict to ask for', async () => {
  const house = await furnished();
  await expect(compareHeads(house)).rejects.toMatchObject({ code: 'conflict' });
});
