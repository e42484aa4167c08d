import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { percentile } from '../../../../bench/measurement.ts';
import { runGit } from '../../../support/git-process.ts';
import { git } from '../../../support/person-git.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec } from './fixture.ts';

const SERVERS = Number(process.env.CLAWORC_TEST_SERVERS ?? 3);
/** Of each server; a larger number is a matter of patience. */
const EDITS = Number(process.env.CLAWORC_TEST_WRITES ?? 8);

/** The longest pause of a person between two pushes; 0 for one who never pauses. */
const PAUSE_MS = Number(process.env.CLAWORC_TEST_PAUSE_MS ?? 1_000);
/** Edits that a server saves before it waits for them. */
const AT_ONCE = Number(process.env.CLAWORC_TEST_AT_ONCE ?? 2);

/** A person who pushes commits of their own until told to stop. Gives those that got through. */
async function keepPushing(remote: string, signal: AbortSignal): Promise<readonly string[]> {
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', remote, checkout);
  const commits: string[] = [];
  while (!signal.aborted) {
    await runGit(checkout, ['fetch', '-q', 'origin']);
    await runGit(checkout, ['reset', '-q', '--hard', 'origin/main']);
    await runGit(checkout, ['commit', '-q', '--allow-empty', '-m', `Push ${commits.length}`]);
    const { code } = await runGit(checkout, ['push', '-q', 'origin', 'HEAD:main']);
    if (code === 0) commits.push((await runGit(checkout, ['rev-parse', 'HEAD'])).stdout.trim());
    await delay(randomInt(PAUSE_MS + 1));
  }
  return commits;
}

it(
  `${SERVERS} servers and a person who write to one remote at the same time lose no edit, double none, and none of them starves`,
  async (test) => {
    const folder = join(tempFolder(), 'remote.git');
    git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', folder);
    const houses = await Promise.all(
      Array.from({ length: SERVERS }, () => openHouse({ remote: { folder, url: folder, access: {} }, pollMs: 30_000 })),
    );
    const [first] = houses;
    first?.start();
    const bots = houses.map((_, index) => creation(recordOf(`bot-${index}`)));
    await first?.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
    for (const house of houses.slice(1)) house.start();
    for (const house of houses) house.publisher.pull();
    await Promise.all(houses.map((house) => house.imported()));

    const done = new AbortController();
    const pushing = keepPushing(folder, done.signal);
    const waits: number[] = [];
    const edits = await Promise.all(
      houses.map(async (house, index) => {
        const ids: string[] = [];
        const save = async (turn: number): Promise<void> => {
          const base = house.record(`bot-${index}`);
          const env = { ...base.spec.env, [`TURN_${turn}`]: `by ${index}` };
          const edit = editOf(`Turn ${turn}`, change(base, withSpec(base, { env })));
          const began = performance.now();
          house.publisher.submit(edit);
          const settled = await house.publisher.settled(edit.id, 4 * PATIENCE_MS);
          waits.push(performance.now() - began);
          expect(settled).toMatchObject({ state: 'published' });
          ids.push(edit.id);
        };
        for (let turn = 0; turn < EDITS; turn += AT_ONCE) {
          const turns = Array.from({ length: Math.min(AT_ONCE, EDITS - turn) }, (_, each) => turn + each);
          await Promise.all(turns.map(save));
        }
        return ids;
      }),
    );
    done.abort();
    const pushed = await pushing;
    const told = [percentile(waits, 50), percentile(waits, 95), Math.max(...waits)].map(Math.round);
    await test.annotate(
      `${waits.length} edits waited ${told[0]} ms (median), ${told[1]} ms (p95), ${told[2]} ms (longest); the person got ${pushed.length} pushes through`,
    );

    const messages = git(folder, 'log', '--format=%B', 'main');
    for (const id of edits.flat()) expect(messages.split(`Claworc-Edit: ${id}`)).toHaveLength(2);
    for (const commit of pushed) git(folder, 'merge-base', '--is-ancestor', commit, 'main');
    expect(pushed.length).toBeGreaterThan(0);
    for (const [index] of houses.entries()) {
      const record = git(folder, 'show', `main:instances/bot-${index}.yaml`);
      for (let turn = 0; turn < EDITS; turn += 1) expect(record).toContain(`TURN_${turn}: by ${index}`);
    }
    expect(git(folder, 'fsck', '--full', '--strict', '--no-dangling').trim()).toBe('');
  },
  600_000 + SERVERS * EDITS * 5_000,
);
