import { expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { creation, editOf, FLEET, openHouse, recordOf, type House } from './fixture.ts';

it.each([
  ['a remote', true, 'commit-written'],
  ['the embedded repository', false, 'commit-written-here'],
])(
  'a draft that is being put on main of %s can not be given up: nobody is told that it was',
  async (_at, remote, step) => {
    const draft = editOf('Add', creation(recordOf('bot-b')));
    const opened: { house?: House } = {};
    const answers: boolean[] = [];
    const house = await openHouse({
      remote,
      failpoint: (at) => {
        if (at === step && opened.house !== undefined) answers.push(opened.house.publisher.discardDraft(draft.id));
      },
    });
    house.start();
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }));
    opened.house = house;

    const settled = await house.publish(draft);

    expect([answers, settled.state]).toEqual([[false], 'published']);
    expect(git(house.bare, 'log', '-1', '--format=%(trailers:key=Claworc-Edit,valueonly)', 'main').trim()).toBe(
      draft.id,
    );
  },
);
