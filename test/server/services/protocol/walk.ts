import { randomUUID } from 'node:crypto';
import { newRecord } from '../../../../constructs/new-documents.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { ClaworcError } from '../../../../server/lib/errors.ts';
import { closeProposal, reopenProposal } from '../../../../server/services/proposals/close.ts';
import { mergeProposal, updateProposal } from '../../../../server/services/proposals/merge.ts';
import { openProposal } from '../../../../server/services/proposals/open.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { findProposalOf } from '../../../../server/store/proposals.ts';
import { listUnrendered } from '../../../../server/store/unrendered.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { FORGE_STEPS } from './forge-steps.ts';
import type { Mode } from './house.ts';
import type { Person } from './person.ts';
import { edit, pendingEdits, recordOf, until, type Step, type World } from './world.ts';

const head = (repository: string, ref = 'main'): string => git(repository, 'rev-parse', ref).trim();
const importedIs = ({ context: { store } }: World, commit: string): boolean =>
  getMeta(store.reader, IMPORTED_COMMIT) === commit;

/** A person pushes files to main; resolves when the database has them. */
async function pushed(world: World, files: (person: Person) => Readonly<Record<string, string>>): Promise<string> {
  const { person } = world;
  person.update();
  const commit = person.commit('By hand', files(person));
  person.push();
  await until(world, () => hasImported(world, commit));
  return commit;
}

function hasImported({ context: { store }, places }: World, commit: string): boolean {
  const imported = getMeta(store.reader, IMPORTED_COMMIT) ?? '';
  try {
    git(places.own, 'merge-base', '--is-ancestor', commit, imported);
    return true;
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): string => (error instanceof ClaworcError ? error.code : String(error));

/** A line that nobody else changes, below everything else of the record. */
const noted = (text: string): string => `${text.trimEnd()}\n# noted ${randomUUID()}\n`;

const STEPS = {
  edit: {
    modes: ['embedded', 'remote', 'forge'],
    run: async (world) => {
      await edit(world, 'bot-a');
    },
  },
  push: {
    run: async (world) => {
      await pushed(world, (person) => {
        const record = recordOf(world, 'bot-b');
        const next = { ...record, spec: { ...record.spec, image: `example.com/bot:${randomUUID()}` } };
        return { 'instances/bot-b.yaml': writeRecord(next, person.read('instances/bot-b.yaml')) };
      });
      await until(world, () => listUnrendered(world.context.store.reader).length === 0);
      await edit(world, 'bot-b');
    },
  },
  race: {
    run: async (world) => {
      const { context, person, places, atNext } = world;
      person.update();
      person.commit('Faster', { 'instances/bot-b.yaml': noted(person.read('instances/bot-b.yaml')) });
      atNext(places.mode === 'remote' ? 'commit-written' : 'commit-written-here', () => person.push());
      await edit(world, 'bot-a');

      const { number, branch } = await openProposal(context, { title: `Race ${randomUUID()}` });
      await edit(world, 'bot-a', { proposal: number });
      git(person.checkout, 'fetch', '-q', places.truth, branch);
      git(person.checkout, 'reset', '-q', '--hard', 'FETCH_HEAD');
      const faster = person.commit('Faster', { 'instances/bot-c.yaml': noted(person.read('instances/bot-c.yaml')) });
      atNext('proposed-commit-written', () => {
        git(places.truth, 'fetch', '-q', person.checkout, `${faster}:refs/heads/${branch}`);
      });
      await edit(world, 'bot-b', { proposal: number });
      await mergeProposal(context, number);
      git(places.own, 'merge-base', '--is-ancestor', faster, 'main');
    },
  },
  conflict: {
    run: async (world) => {
      const base = recordOf(world, 'bot-c');
      await edit(world, 'bot-c', { base, spec: { displayName: randomUUID() } });
      await edit(world, 'bot-c', { base, spec: { displayName: randomUUID() }, end: 'conflict' });
    },
  },
  merge: {
    run: async (world) => {
      const { context } = world;
      const { number } = await openProposal(context, { title: `Merge ${randomUUID()}` });
      await edit(world, 'bot-a', { proposal: number });
      await edit(world, 'bot-b', { proposal: number });
      await edit(world, 'bot-a');
      await updateProposal(context, number, []);
      await edit(world, 'bot-b', { proposal: number });
      await mergeProposal(context, number);
    },
  },
  close: {
    run: async (world) => {
      const { context } = world;
      const { number } = await openProposal(context, { title: `Close ${randomUUID()}` });
      await edit(world, 'bot-a', { proposal: number });
      await closeProposal(context, number, 'keep');
      await reopenProposal(context, number);
      await closeProposal(context, number, 'discard');
    },
  },
  branch: {
    run: async (world) => {
      const { person, places, context } = world;
      const branch = `by-hand-${randomUUID()}`;
      const { reader } = context.store;
      for (const path of ['instances/bot-c.yaml', 'instances/bot-b.yaml']) {
        person.update();
        const commit = person.commit('On a branch', { [path]: noted(person.read(path)) });
        git(places.truth, 'fetch', '-q', person.checkout, `+${commit}:refs/heads/${branch}`);
        await until(world, () => findProposalOf(reader, branch)?.head === commit);
      }
      git(places.truth, 'update-ref', '-d', `refs/heads/${branch}`);
      await until(world, () => findProposalOf(reader, branch)?.state === 'closed');
    },
  },
  restore: {
    modes: ['remote'],
    run: async (world) => {
      const { publisher } = world.context;
      git(world.places.truth, 'update-ref', '-d', 'refs/heads/main');
      await until(world, () => publisher.state().state === 'remote');
      await publisher.restoreBranch();
      await until(world, () => publisher.state().state === 'following');
    },
  },
  rewrite: {
    run: async (world) => {
      const { person, places, say } = world;
      const { publisher } = world.context;
      const from = await pushed(world, () => ({ 'notes.md': randomUUID() }));
      person.update();
      git(person.checkout, 'reset', '-q', '--hard', 'HEAD^');
      const to = person.commit('Another history', { 'other.md': randomUUID() });
      say({ kind: 'rewrites', from, to });
      git(places.truth, 'fetch', '-q', person.checkout, `+${to}:refs/heads/main`);
      await until(world, () => publisher.state().state === 'rewritten');
      const answer = await publisher.acceptHead(from).then(() => 'taken', codeOf);
      if (answer !== 'stale') throw new Error(`${from} is not what the remote has, but accepting it is ${answer}.`);
      await publisher.acceptHead(to);
    },
  },
  give: {
    modes: ['remote'],
    run: async (world) => {
      const { person, places } = world;
      person.update();
      const commit = person.commit('Straight into the mirror', { 'notes.md': randomUUID() });
      git(places.own, 'fetch', '-q', person.checkout, `${commit}:refs/heads/main`);
      await until(world, () => head(places.truth) === commit && importedIs(world, commit));
    },
  },
  crowd: {
    run: async (world) => {
      const fleet = getFleet(world.context.store.reader)?.record;
      if (fleet === undefined) throw new Error('no fleet');
      await pushed(world, () =>
        Object.fromEntries(
          Array.from({ length: 101 }, (_, index): [string, string] => {
            const name = `bot-crowd-${index}`;
            return [`instances/${name}.yaml`, writeRecord(newRecord({ name, displayName: name }, fleet))];
          }),
        ),
      );
    },
  },
  ...FORGE_STEPS,
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

export function stepsOf(mode: Mode): StepName[] {
  const all = Object.entries(STEPS) as [StepName, Step][];
  return all.filter(([, { modes = ['embedded', 'remote'] }]) => modes.includes(mode)).map(([name]) => name);
}

/** Steps of the server alone, which nobody who works beside it disturbs. */
const ALONE = ['edit', 'conflict', 'merge', 'close'] as const satisfies readonly StepName[];

/** Walks on and on, in any order. */
export async function wander(world: World, random: (limit: number) => number): Promise<never> {
  // What an earlier life left changes the same fields, and would be a conflict that no step reckons with.
  await until(world, () => pendingEdits(world.context).length === 0);
  for (;;) {
    try {
      await walk(world, [ALONE[random(ALONE.length)] ?? 'edit']);
    } catch (error) {
      // A merge may lose every race against those who push all the time.
      if (!(error instanceof ClaworcError) || !error.retryable) throw error;
    }
  }
}

/** What a step is seen by may come before the end of the turn that did it, whose points are this step's. */
async function untilTurned(world: World): Promise<void> {
  const latest = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await world.context.publisher.inTurn(() => Promise.resolve());
      return;
    } catch (error) {
      // A turn in which a person moves main fails, and the next one goes on.
      if (!(error instanceof ClaworcError) || !error.retryable || Date.now() > latest) throw error;
    }
  }
}

export async function walk(world: World, steps: readonly StepName[]): Promise<void> {
  for (const step of steps) {
    world.say({ kind: 'step', step });
    await STEPS[step].run(world);
    await untilTurned(world);
  }
}
