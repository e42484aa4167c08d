import { expect, it } from 'vitest';
import { listProblems } from '../../../../server/store/problems.ts';
import { change, editOf, openFurnishedHouse, withSpec } from './fixture.ts';

it.each([
  ['dist/README.md', false],
  ['dist/bot-a/.DS_Store', false],
  ['dist/notes.yaml', true],
  ['dist/UPPER/x.yaml', true],
  ['dist/bot-a/deep/x.yaml', true],
  ['dist/a\n::error::b/x.yaml', true],
  ['instances/README.md', false],
  ['secrets/global/deep/x.yaml', true],
])(
  'a stray file %j on main stops nothing, and edits go on (one below dist/ once stopped the whole fleet)',
  async (path, isProblem) => {
    const house = await openFurnishedHouse('bot-a');
    house.person.push('Strays', { [path]: 'x: y\n' });
    await house.imported();

    const before = house.record('bot-a');
    await house.published(editOf('Rename', change(before, withSpec(before, { displayName: 'Again' }))));

    expect(house.publisher.state().state).toBe('following');
    expect(house.record('bot-a').spec.displayName).toBe('Again');
    const files = listProblems(house.store.reader).map(({ file }) => file);
    expect(files.includes(path)).toBe(isProblem);
    expect(house.onMain(path)).toBe('x: y\n');
  },
);
