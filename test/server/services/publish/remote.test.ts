import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { initRepository, ALL_BRANCHES, takePushes } from '../../../../server/git/folder/init-repository.ts';
import { createMirror, type Mirror } from '../../../../server/git/remote/mirror.ts';
import { parseRemoteUrl } from '../../../../server/git/remote/remote-url.ts';
import type { Remote } from '../../../../server/git/remote/remote.ts';
import { openRepository } from '../../../../server/git/repository.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createPublisher } from '../../../../server/services/publish/create-publisher.ts';
import { openMirror } from '../../../../server/services/publish/open-mirror.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 20 };
const trailers = (bare: string, id: string): number =>
  git(bare, 'log', '--format=%H', `--grep=Claworc-Edit: ${id}`, 'main')
    .split('\n')
    .filter((line) => line !== '').length;
const headOf = (bare: string): string => git(bare, 'rev-parse', 'main').trim();
const stateOf = (house: Pick<House, 'publisher'>) => house.publisher.state();
const untilState = (house: Pick<House, 'publisher'>, state: string) =>
  vi.waitFor(() => expect(stateOf(house).state).toBe(state), PATIENCE);

async function furnished(...names: string[]): Promise<House> {
  const house = await openHouse({ remote: true });
  house.start();
  const bots = names.map((name) => creation(recordOf(name)));
  await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
  return house;
}

/** Takes the remote away, and gives what brings it back. */
function away(house: House): () => void {
  renameSync(house.bare, `${house.bare}.away`);
  return () => renameSync(`${house.bare}.away`, house.bare);
}

describe('main on a remote', () => {
  it('has an edit once it is published, and so has the mirror', async () => {
    const house = await furnished('bot-a');
    const commit = await house.published(editOf('Add', creation(recordOf('bot-b'))));

    expect(headOf(house.bare)).toBe(commit);
    expect(headOf(house.own)).toBe(commit);
  });

  it('is imported when somebody pushes to it, and what was pushed is rendered on it', async () => {
    const house = await furnished('bot-a');
    const text = house.person.read('instances/bot-a.yaml').replace('displayName: bot-a', 'displayName: Anna');
    house.person.push('Rename', { 'instances/bot-a.yaml': text });

    await vi.waitFor(() => expect(house.record('bot-a').spec.displayName).toBe('Anna'), PATIENCE);
    await house.caughtUp();
    await vi.waitFor(() => expect(headOf(house.own)).toBe(headOf(house.bare)), PATIENCE);
  });

  it('is merged with field by field when somebody was faster, and nobody loses anything', async () => {
    const house = await furnished('bot-a');
    const base = house.record('bot-a');
    const text = house.person.read('instances/bot-a.yaml').replace('displayName: bot-a', 'displayName: Anna');
    house.person.push('Rename', { 'instances/bot-a.yaml': text });
    await house.published(editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))));

    const now = house.person.read('instances/bot-a.yaml');
    expect(now).toContain('displayName: Anna');
    expect(now).toContain('state: stopped');
  });

  it('that is away keeps edits as drafts, and has them when it is back, without a restart', async () => {
    const house = await furnished('bot-a');
    const back = away(house);
    const edit = editOf('Add', creation(recordOf('bot-b')));
    house.publisher.submit(edit);
    await untilState(house, 'remote');

    expect(stateOf(house)).toMatchObject({ trouble: 'not_found' });
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
    expect(trailers(house.own, edit.id)).toBe(0);

    back();
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
    expect(trailers(house.bare, edit.id)).toBe(1);
    await untilState(house, 'following');
  });

  it('that was rewritten is told with both heads, left as it is, and taken over when a person accepts it', async () => {
    const house = await furnished('bot-a');
    const first = headOf(house.bare);
    await house.published(editOf('Add', creation(recordOf('bot-b'))));
    const ours = headOf(house.own);
    git(house.bare, 'update-ref', 'refs/heads/main', first);
    const theirs = house.person.push('Elsewhere', { 'notes.md': 'x\n' });
    await untilState(house, 'rewritten');

    expect(stateOf(house)).toMatchObject({ head: theirs, imported: ours });
    const edit = editOf('Add', creation(recordOf('bot-c')));
    house.publisher.submit(edit);
    house.publisher.pull();
    expect(headOf(house.own)).toBe(ours);
    await expect(house.publisher.acceptHead(ours)).rejects.toMatchObject({ code: 'stale' });

    await house.publisher.acceptHead(theirs);
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
    expect(git(house.bare, 'merge-base', '--is-ancestor', theirs, 'main')).toBe('');
    // What main left is still there for whoever wants it back.
    expect(git(house.own, 'cat-file', '-t', ours).trim()).toBe('commit');
  });

  it('that is put back after it was rewritten goes on by itself', async () => {
    const house = await furnished('bot-a');
    const first = headOf(house.bare);
    await house.published(editOf('Add', creation(recordOf('bot-b'))));
    const ours = headOf(house.bare);
    git(house.bare, 'update-ref', 'refs/heads/main', first);
    await untilState(house, 'rewritten');
    git(house.bare, 'update-ref', 'refs/heads/main', ours);
    await untilState(house, 'following');
  });

  it('whose branch was deleted keeps everything here, and gets the branch back when a person asks for it', async () => {
    const house = await furnished('bot-a');
    const ours = headOf(house.bare);
    git(house.bare, 'update-ref', '-d', 'refs/heads/main');
    await untilState(house, 'remote');

    expect(stateOf(house)).toMatchObject({ trouble: 'branch_gone', head: ours });
    await house.publisher.restoreBranch();
    await untilState(house, 'following');
    expect(headOf(house.bare)).toBe(ours);
  });

  it('whose hook says no to one bot is told with the words of the hook, and the other bots go on', async () => {
    const house = await furnished('bot-a', 'bot-b');
    const hook = join(house.bare, 'hooks', 'pre-receive');
    const script =
      '#!/bin/sh\nread old new ref\ngit diff --name-only $old $new | grep -q bot-a || exit 0\necho "bot-a belongs to Eve" >&2\nexit 1\n';
    writeFileSync(hook, script);
    chmodSync(hook, 0o755);
    const [a, b] = [house.record('bot-a'), house.record('bot-b')];
    const refused = editOf('Stop a', change(a, withSpec(a, { state: 'stopped' })));
    house.publisher.submit(refused);
    await house.published(editOf('Stop b', change(b, withSpec(b, { state: 'stopped' }))));
    await untilState(house, 'remote');

    const state = stateOf(house);
    expect(state).toMatchObject({ trouble: 'hook' });
    expect('detail' in state ? state.detail : '').toContain('bot-a belongs to Eve');
    expect(await house.publisher.settled(refused.id, 1)).toEqual({ state: 'pending' });

    writeFileSync(hook, '#!/bin/sh\n');
    house.publisher.pull();
    expect(await house.publisher.settled(refused.id, 60_000)).toMatchObject({ state: 'published' });
  });
});

describe('a push whose answer is lost', () => {
  it('is found on the remote by its trailer, so that the edit is in exactly one commit', async () => {
    const folder = tempFolder();
    const bare = join(folder, 'remote.git');
    git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
    const own = join(folder, 'own.git');
    await initRepository(own);
    const opened = await openRepository({ folder: own, log: silentLog });
    const real = opened.connect({ url: parseRemoteUrl(bare), branch: 'main', access: {}, environment: {} });
    let losses = 2;
    const remote: Remote = {
      ...real,
      push: async (commit, signal) => {
        const result = await real.push(commit, signal);
        if (losses-- > 0) await real.push('0'.repeat(40), signal);
        return result;
      },
    };
    const mirror: Mirror = createMirror(opened, remote);
    const store = openStore({ file: join(folder, 'a.db'), lockFile: join(folder, 'a.lock'), log: silentLog });
    onTestFinished(() => store.close());
    const publisher = createPublisher({
      store,
      repository: mirror,
      mirror,
      snapshots: createSnapshots(mirror),
      log: silentLog,
      clock: systemClock,
      pollMs: 50,
    });
    const abort = new AbortController();
    const running = publisher.run(abort.signal);
    onTestFinished(async () => {
      abort.abort();
      await running;
    });
    const edit = editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));
    publisher.submit(edit);

    expect(await publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
    expect(trailers(bare, edit.id)).toBe(1);
  });
});

describe('opening a mirror', () => {
  const named = (bare: string) => ({
    url: bare,
    branch: 'main',
    access: {
      credentials: undefined,
      credentialHelper: undefined,
      sshKey: undefined,
      knownHosts: undefined,
      caFile: undefined,
    },
    environment: {},
  });

  it('takes over what the remote has', async () => {
    const house = await furnished('bot-a');
    const mirror = await openMirror({ data: join(house.folder, 'other'), remote: named(house.bare), log: silentLog });

    expect(await mirror.head()).toBe(headOf(house.bare));
  });

  it('gives an empty remote what a repository without one had', async () => {
    const house = await openHouse();
    house.start();
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }));
    const bare = join(house.folder, 'new.git');
    git(house.folder, 'init', '-q', '--bare', '-b', 'main', bare);
    await openMirror({ data: join(house.folder, 'data'), remote: named(bare), log: silentLog });

    expect(headOf(bare)).toBe(headOf(house.own));
  });

  it('tells of a remote that has another history, and writes to neither', async () => {
    const [house, other] = [await openHouse(), await furnished('bot-a')];
    house.start();
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }));
    const before = [headOf(house.own), headOf(other.bare)];
    const mirror = await openMirror({ data: join(house.folder, 'data'), remote: named(other.bare), log: silentLog });

    expect(await mirror.pull()).toMatchObject({ state: 'unrelated', ours: before[0], theirs: before[1] });
    expect([headOf(house.own), headOf(other.bare)]).toEqual(before);
  });

  it('fails where nothing is here yet and the remote is not there, because what it has can not be known', async () => {
    const folder = tempFolder();
    const opening = openMirror({ data: folder, remote: named(join(folder, 'none.git')), log: silentLog });

    await expect(opening).rejects.toMatchObject({ code: 'git_unreachable' });
  });

  it('lets nobody push to the mirror, where the push would be on no remote', async () => {
    const house = await furnished('bot-a');
    await takePushes(house.own, ALL_BRANCHES);
    git(house.folder, 'clone', '-q', house.own, 'clone');
    const clone = join(house.folder, 'clone');
    git(clone, 'commit', '-q', '--allow-empty', '-m', 'Here');

    expect(() => git(clone, 'push', '-q', 'origin', 'HEAD:main')).toThrow(/hidden ref/);
    await takePushes(house.own, null);
    expect(() => git(clone, 'push', '-q', 'origin', 'HEAD:main')).not.toThrow();
  });
});
