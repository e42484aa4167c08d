import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { listInstances } from '../../../../server/store/instances.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { listOpenProposals } from '../../../../server/store/proposals.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { writeRawCommit, type RawCommit, type RawEntry } from '../../../support/raw-commit.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 20 };
const file = (content: string | Buffer): RawEntry => ({ mode: '100644', content });
const one = (path: string, entry: RawEntry): RawCommit => ({ entries: new Map([[path, entry]]) });

/** What git itself lets nobody bring here: the push, or the fetch, is refused as a whole. */
const REFUSED: readonly (readonly [string, RawCommit])[] = [
  ['a folder .git', one('.git/config', file('[core]\n\tfsmonitor = touch canary\n'))],
  ['a folder .GIT below a bot', one('dist/bot-a/.GIT/config', file('[core]\n'))],
  ['a folder that Windows takes for .git', one('dist/git~1/config', file('[core]\n'))],
  ['a path that leads out of the repository', one('dist/../../canary', file('out\n'))],
  ['a name that is empty', one('dist//x', file('x\n'))],
  ['modules with a command in them', one('.gitmodules', file('[submodule "x"]\n\tpath = x\n\turl = -uwhatever\n'))],
];

const record = (bot: string): string => `instances/${bot}.yaml`;
const LARGE = Buffer.alloc(50 * 1024 * 1024, 'a');

/** What git takes, all in one commit, and the words in which it is told. Each bot is held alone. */
const TAKEN: readonly (readonly [path: string, entry: RawEntry, problem: RegExp])[] = [
  [record('bot-link'), { mode: '120000', content: '/etc/passwd' }, /bot-link\.yaml is a symbolic link/],
  [record('bot-module'), { mode: '160000', content: 'a'.repeat(40) }, /bot-module\.yaml is a submodule/],
  [record('bot-program'), { mode: '100755', content: '#!/bin/sh\n' }, /bot-program\.yaml is executable/],
  ['dist/bot-folder', { mode: '120000', content: '../instances' }, /dist\/bot-folder is a symbolic link/],
  [record('bot-large'), file(LARGE), /bot-large\.yaml is 52428800 bytes/],
  [record('Bot-B'), file('kind: x\n'), /Bot-B/],
  [record('bot-\u00e9'), file('kind: x\n'), /bot-\u00e9/],
  [record('bot-e\u0301'), file('kind: x\n'), /bot-e\u0301/],
  [record('bot-\u202eb'), file('kind: x\n'), /bot-\u202eb/],
  [record('bot-\nb'), file('kind: x\n'), /bot-\nb/],
];
const HELD = ['bot-link', 'bot-module', 'bot-program', 'bot-folder', 'bot-large'] as const;
const EVERYTHING: RawCommit = {
  entries: new Map([
    ...TAKEN.map(([path, entry]): [string, RawEntry] => [path, entry]),
    // Beside the bots nothing is read, however much it is.
    ...Array.from({ length: 100_000 }, (_, index): [string, RawEntry] => [`notes/${index}`, file('x\n')]),
  ]),
  message: '\u001b[31mred\u202e\u0007\n\nClaworc-Edit: not-a-uuid',
  author: 'Ev\u202ee',
};

async function furnished(remote: boolean): Promise<House> {
  const house = await openHouse({ remote });
  house.start();
  const bots = ['bot-a', 'bot-b', ...HELD].map((name) => creation(recordOf(name)));
  await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
  return house;
}

const headOf = (repository: string): string => git(repository, 'rev-parse', 'refs/heads/main').trim();
const problems = ({ store }: House): string =>
  listProblems(store.reader)
    .map(({ file: path, message }) => `${path} ${message}`)
    .join('\n');

let renames = 0;
async function rename(house: House, name: string): Promise<void> {
  const base = house.record(name);
  const next = withSpec(base, { displayName: `Renamed ${(renames += 1)}` });
  await house.published(editOf('Rename', change(base, next)));
}

/** Nothing was written or run anywhere but in the repositories. */
function expectNoTrace({ folder }: House): void {
  for (const place of [folder, join(folder, '..'), process.cwd()])
    expect(existsSync(join(place, 'canary'))).toBe(false);
}

/** A repository of Eve's own with a commit of hers on top of main. */
function evil(house: House, raw: RawCommit): { readonly repository: string; readonly commit: string } {
  const repository = join(tempFolder(), 'eve.git');
  git(house.folder, 'clone', '-q', '--bare', house.bare, repository);
  return { repository, commit: writeRawCommit(repository, headOf(repository), raw) };
}

describe('what git would not keep', () => {
  it('is refused as a push, to main and as a branch', async () => {
    const house = await furnished(false);
    for (const [what, raw] of REFUSED) {
      const before = headOf(house.bare);
      const { repository, commit } = evil(house, raw);
      for (const ref of ['main', 'a-proposal']) {
        const push = (): string => git(repository, 'push', '-q', house.bare, `${commit}:refs/heads/${ref}`);
        expect(push, what).toThrow(/fsck|unpack/);
      }
      expect(headOf(house.bare), what).toBe(before);
    }

    expect(listOpenProposals(house.store.reader)).toEqual([]);
    await rename(house, 'bot-a');
    expectNoTrace(house);
  });

  it('is a state when a remote has it, in which edits wait, and over when the remote has it no more', async () => {
    const house = await furnished(true);
    for (const [what, raw] of REFUSED) {
      const before = headOf(house.bare);
      git(house.bare, 'update-ref', 'refs/heads/main', writeRawCommit(house.bare, before, raw));
      house.publisher.pull();
      await vi.waitFor(() => expect(house.publisher.state(), what).toMatchObject({ trouble: 'damaged' }), PATIENCE);
      expect(headOf(house.own), what).toBe(before);
      const base = house.record('bot-b');
      const edit = editOf('Rename', change(base, withSpec(base, { displayName: what })));
      house.publisher.submit(edit);
      expect(await house.publisher.settled(edit.id, 1), what).toEqual({ state: 'pending' });

      git(house.bare, 'update-ref', 'refs/heads/main', before);
      house.publisher.pull();
      expect(await house.publisher.settled(edit.id, PATIENCE_MS), what).toMatchObject({ state: 'published' });
    }
    expectNoTrace(house);
  });
});

describe('what git keeps, however strange', () => {
  it.each([
    ['pushed to main', false],
    ['on the main of a remote', true],
  ])('holds the bots that it is about and nobody else, and is over with a good commit: %s', async (_, isRemote) => {
    const house = await furnished(isRemote);
    const good = headOf(house.bare);
    const { repository, commit } = evil(house, EVERYTHING);
    git(repository, 'push', '-q', house.bare, `${commit}:refs/heads/main`);
    house.publisher.pull();
    await house.imported();

    for (const [, , problem] of TAKEN) expect(problems(house)).toMatch(problem);
    await rename(house, 'bot-b');
    expect(house.publisher.state().state).toBe('following');
    // A bot that can't be read goes on as it was: it is neither changed nor taken away.
    const names = listInstances(house.store.reader).map(({ name }) => name);
    expect(names).toEqual(['bot-a', 'bot-b', ...HELD]);

    const entries = new Map<string, RawEntry | null>(TAKEN.map(([path]) => [path, null]));
    for (const line of git(house.bare, 'ls-tree', '-r', good).trim().split('\n')) {
      const [meta = '', path = ''] = line.split('\t');
      if (!HELD.some((bot) => path === record(bot) || path.startsWith(`dist/${bot}/`))) continue;
      entries.set(path, file(git(house.bare, 'cat-file', 'blob', meta.split(' ')[2] ?? '')));
    }
    git(repository, 'fetch', '-q', house.bare, '+main:main');
    const mended = writeRawCommit(repository, headOf(repository), { entries });
    git(repository, 'push', '-q', house.bare, `${mended}:refs/heads/main`);
    house.publisher.pull();
    await house.caughtUp();
    await vi.waitFor(() => expect(problems(house)).toBe(''), PATIENCE);
    for (const bot of HELD) await rename(house, bot);
    expectNoTrace(house);
  });

  it('changes nothing as a proposal, and goes with its branch', async () => {
    const house = await furnished(false);
    const { repository, commit } = evil(house, EVERYTHING);
    git(repository, 'push', '-q', house.bare, `${commit}:refs/heads/evil`);
    await vi.waitFor(() => expect(listOpenProposals(house.store.reader)).toMatchObject([{ branch: 'evil' }]), PATIENCE);

    await rename(house, 'bot-a');
    expect(problems(house)).toBe('');
    git(house.bare, 'update-ref', '-d', 'refs/heads/evil');
    await vi.waitFor(() => expect(listOpenProposals(house.store.reader)).toEqual([]), PATIENCE);
    await rename(house, 'bot-b');
    expectNoTrace(house);
  });
});
