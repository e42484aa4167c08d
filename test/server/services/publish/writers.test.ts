import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec } from './fixture.ts';

const SERVERS = 3;
/** Of each server; a larger number is a matter of patience. */
const EDITS = Number(process.env.CLAWORC_TEST_WRITES ?? 8);

it('servers that write to one remote at the same time lose no edit, double none, and none of them starves', async () => {
  const folder = join(tempFolder(), 'remote.git');
  git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', folder);
  const houses = await Promise.all(
    Array.from({ length: SERVERS }, () => openHouse({ remote: { folder, url: folder, access: {} } })),
  );
  const [first] = houses;
  first?.start();
  const bots = houses.map((_, index) => creation(recordOf(`bot-${index}`)));
  await first?.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
  for (const house of houses.slice(1)) house.start();
  await Promise.all(houses.map((house) => house.imported()));

  const edits = await Promise.all(
    houses.map(async (house, index) => {
      const ids: string[] = [];
      for (let turn = 0; turn < EDITS; turn += 1) {
        const base = house.record(`bot-${index}`);
        const edit = editOf(`Turn ${turn}`, change(base, withSpec(base, { displayName: `Turn ${turn}` })));
        house.publisher.submit(edit);
        const settled = await house.publisher.settled(edit.id, PATIENCE_MS);
        expect(settled).toMatchObject({ state: 'published' });
        ids.push(edit.id);
      }
      return ids;
    }),
  );

  const messages = git(folder, 'log', '--format=%B', 'main');
  for (const id of edits.flat()) expect(messages.split(`Claworc-Edit: ${id}`)).toHaveLength(2);
  for (const [index] of houses.entries()) {
    expect(git(folder, 'show', `main:instances/bot-${index}.yaml`)).toContain(`displayName: Turn ${EDITS - 1}`);
  }
  expect(git(folder, 'fsck', '--full', '--strict', '--no-dangling').trim()).toBe('');
});
