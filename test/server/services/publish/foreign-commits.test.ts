import { describe, expect, it, vi } from 'vitest';
import { newTombstone } from '../../../../constructs/new-documents.ts';
import { verifyRepo } from '../../../../constructs/repo/verify-repo.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { getInstance, listInstances } from '../../../../server/store/instances.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { listRevisions } from '../../../../server/store/revisions.ts';
import { listTombstones } from '../../../../server/store/tombstones.ts';
import { git } from '../../../support/person-git.ts';
import {
  change,
  creation,
  editOf,
  FLEET,
  openFurnishedHouse,
  openHouse,
  recordOf,
  withSpec,
  type House,
} from './fixture.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

async function verified(house: House): Promise<readonly string[]> {
  const { files } = await house.repository.readFiles((await house.repository.head()) ?? '');
  return verifyRepo(files).map(({ file, message }) => `${file}: ${message}`);
}

const problemsOf = (house: House): string[] =>
  listProblems(house.store.reader).map(({ file, message }) => `${file} ${message}`);

describe('a commit that somebody else made', () => {
  it('comes into the database, and its rendering follows in a commit of ours', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const imported = vi.fn();
    house.publisher.on('imported', imported);
    const text = house.person.read('instances/bot-a.yaml');

    const pushed = house.person.push('Stop it', { 'instances/bot-a.yaml': `${text.trimEnd()}\n  state: stopped\n` });
    await house.caughtUp();

    expect(imported).toHaveBeenCalledWith({ commit: pushed, units: ['bot-a'] });
    expect(getInstance(house.store.reader, 'bot-a')).toMatchObject({ id: 1, commit: pushed });
    expect(house.record('bot-a').spec.state).toBe('stopped');
    expect(listRevisions(house.store.reader, 'bot-a', 1)).toMatchObject([
      { savedBy: 'Grace', origin: { commit: pushed } },
    ]);
    expect(git(house.bare, 'log', '-1', '--format=%an|%s|%(trailers:key=Claworc-Synth,valueonly)').trim()).toBe(
      `Claworc|Render bot-a|${pushed}`,
    );
    expect(git(house.bare, 'show', '--format=', '--name-only', 'main').trim()).toBe('dist/bot-a/deployment.yaml');
    expect(await verified(house)).toEqual([]);
  });

  it('needs no follow-up when it brings its rendering along', async () => {
    const [house, other] = [await openFurnishedHouse('bot-a'), await openFurnishedHouse('bot-a')];
    const base = other.record('bot-a');
    await other.published(editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))));

    const paths = ['instances/bot-a.yaml', 'dist/bot-a/deployment.yaml'];
    const pushed = house.person.push('Stop', Object.fromEntries(paths.map((path) => [path, other.onMain(path) ?? ''])));
    await house.caughtUp();

    expect(git(house.bare, 'rev-parse', 'main').trim()).toBe(pushed);
    expect(house.record('bot-a').spec.state).toBe('stopped');
  });

  it('may fill an empty repository', async () => {
    const house = await openHouse();
    house.start();
    const files = { 'claworc.yaml': writeRecord(FLEET), 'instances/bot-a.yaml': writeRecord(recordOf('bot-a')) };
    git(house.folder, 'clone', '-q', house.bare, 'first');
    const { mkdirSync, writeFileSync } = await import('node:fs');
    mkdirSync(`${house.folder}/first/instances`);
    for (const [path, text] of Object.entries(files)) writeFileSync(`${house.folder}/first/${path}`, text);
    git(`${house.folder}/first`, 'add', '.');
    git(`${house.folder}/first`, 'commit', '-qm', 'Start');
    git(`${house.folder}/first`, 'push', '-q', 'origin', 'HEAD:main');

    await house.caughtUp();

    expect(house.record('bot-a')).toEqual(recordOf('bot-a'));
    expect(await verified(house)).toEqual([]);
  });

  it('with a change of claworc.yaml is followed by the rendering of every bot, in one commit', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b', 'bot-c');
    const text = house.person.read('claworc.yaml');

    const pushed = house.person.push('Image', {
      'claworc.yaml': text.replace(/image: .*/, 'image: example.com/bot:9'),
    });
    await house.caughtUp();

    expect(git(house.bare, 'log', '--format=%s', `${pushed}..main`).trim()).toBe('Render 3 bots');
    expect(await verified(house)).toEqual([]);
  });
});

describe('a broken file on main', () => {
  it('is a problem of its unit with its place; the others go on, and the last good record stays', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const base = house.record('bot-b');
    const good = house.person.read('instances/bot-a.yaml');
    house.person.push('Break', { 'instances/bot-a.yaml': good.replace('spec:', 'spec:\n  colour: red') });
    await house.caughtUp();

    expect(listProblems(house.store.reader, 'bot-a')).toMatchObject([
      { file: 'instances/bot-a.yaml', field: 'spec.colour', severity: 'error', line: expect.any(Number) as number },
    ]);
    expect(house.record('bot-a')).toEqual(recordOf('bot-a'));
    await house.published(editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))));
    const failed = await house.publish(
      editOf('Stop', change(recordOf('bot-a'), withSpec(recordOf('bot-a'), { state: 'stopped' }))),
    );
    expect(failed).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('instances/bot-a.yaml:') as string,
    });
    expect(house.onMain('instances/bot-a.yaml')).toContain('colour: red');

    house.person.push('Mend', { 'instances/bot-a.yaml': good.replace('spec:', 'spec:\n  state: stopped') });
    await house.caughtUp();
    expect(listProblems(house.store.reader)).toEqual([]);
    expect(await verified(house)).toEqual([]);
  });

  it('renders when what held it up is put right in another file', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const ports = (name: string, chrome: number): string =>
      writeRecord(recordOf(name, { exposure: 'nodePort', nodePorts: { chrome, terminal: chrome + 1 } }));
    house.person.push('Same ports', {
      'instances/bot-a.yaml': ports('bot-a', 30100),
      'instances/bot-b.yaml': ports('bot-b', 30100),
    });
    await vi.waitFor(() => expect(listProblems(house.store.reader)).toHaveLength(2), { timeout: PATIENCE_MS });
    expect(git(house.bare, 'log', '-1', '--format=%s').trim()).toBe('Same ports');

    house.person.push('Other ports', { 'instances/bot-b.yaml': ports('bot-b', 30102) });
    await house.caughtUp();

    expect(await verified(house)).toEqual([]);
  });
});

describe('leaving by a push', () => {
  it('without a tombstone removes nothing: the bot stays, and is a problem until somebody decides', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const base = house.record('bot-a');

    house.person.push('Oops', { 'instances/bot-a.yaml': null });
    await house.caughtUp();

    expect(problemsOf(house)).toEqual([expect.stringContaining('is missing from main without a tombstone')]);
    expect(house.record('bot-a')).toEqual(base);
    expect(house.onMain('dist/bot-a/deployment.yaml')).toBeDefined();

    // Also when everything of it is gone.
    house.person.push('Oops again', { 'dist/bot-a': null });
    await house.caughtUp();
    expect(problemsOf(house)).toHaveLength(1);

    await house.published(editOf('Delete', change(base, null)));
    expect(house.onMain('tombstones/bot-a.yaml')).toContain('data: retain');
    expect(listInstances(house.store.reader).map(({ name }) => name)).toEqual(['bot-b']);
    expect(problemsOf(house)).toEqual([]);
  });

  it('by a tombstone takes the bot away, and what the person left lying follows', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const grave = writeRecord(newTombstone('bot-a', 'destroy', '2026-11-19T14:31:40Z', 'Grace'));

    house.person.push('Remove', { 'instances/bot-a.yaml': null, 'tombstones/bot-a.yaml': grave });
    await house.caughtUp();

    expect(listInstances(house.store.reader).map(({ name }) => name)).toEqual(['bot-b']);
    expect(listTombstones(house.store.reader)).toMatchObject([{ name: 'bot-a', data: 'destroy', removedBy: 'Grace' }]);
    expect(git(house.bare, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('dist/bot-a');
    expect(await verified(house)).toEqual([]);

    // A record that comes back by a push ends its tombstone.
    house.person.push('Come back', { 'instances/bot-a.yaml': writeRecord(recordOf('bot-a')) });
    await house.caughtUp();
    expect(house.onMain('tombstones/bot-a.yaml')).toBeUndefined();
    expect(listTombstones(house.store.reader)).toEqual([]);
    expect(await verified(house)).toEqual([]);
  });

  it('by a tombstone beside the record is not decided by us: both stay, and it is a problem', async () => {
    const house = await openFurnishedHouse('bot-a');
    const grave = writeRecord(newTombstone('bot-a', 'destroy', '2026-11-19T14:31:40Z', 'Grace'));

    const pushed = house.person.push('Half', { 'tombstones/bot-a.yaml': grave });
    await house.caughtUp();

    expect(problemsOf(house)).toEqual([expect.stringContaining('has a record too')]);
    expect(git(house.bare, 'rev-parse', 'main').trim()).toBe(pushed);
    expect(house.record('bot-a')).toBeDefined();
  });
});

describe('dist/ edited by hand', () => {
  it('is held and shown, and not overwritten, until somebody saves that bot again', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const path = 'dist/bot-a/deployment.yaml';
    const edited = house.person.read(path).replace('replicas: 1', 'replicas: 2');
    const pushed = house.person.push('By hand', { [path]: edited });
    await house.caughtUp();

    expect(git(house.bare, 'rev-parse', 'main').trim()).toBe(pushed);
    expect(problemsOf(house)).toEqual([expect.stringContaining('was edited by hand')]);

    // Not by a change of the whole fleet either.
    const next = { ...FLEET, spec: { ...FLEET.spec, image: 'example.com/bot:3' } };
    await house.published(editOf('Image', { kind: 'Fleet', base: FLEET, next }));
    expect(house.onMain(path)).toBe(edited);
    expect(house.onMain('dist/bot-b/deployment.yaml')).toContain('example.com/bot:3');

    const base = house.record('bot-a');
    await house.published(editOf('Save again', change(base, base)));
    expect(await verified(house)).toEqual([]);
    expect(problemsOf(house)).toEqual([]);
    expect(git(house.bare, 'log', '-1', '--format=%B')).toContain('Replaces what was edited by hand in dist/bot-a/.');
  });

  it('is forgotten when a person puts it right', async () => {
    const house = await openFurnishedHouse('bot-a');
    const path = 'dist/bot-a/deployment.yaml';
    const good = house.person.read(path);
    house.person.push('By hand', { [path]: `${good}# mine\n` });
    await vi.waitFor(() => expect(problemsOf(house)).toHaveLength(1), { timeout: PATIENCE_MS });

    house.person.push('Undo', { [path]: good });

    await vi.waitFor(() => expect(problemsOf(house)).toEqual([]), { timeout: PATIENCE_MS });
  });
});

describe('history that was rewritten', () => {
  it('stops publishing, keeps every draft, and goes on when a person accepts the new head', async () => {
    const house = await openFurnishedHouse('bot-a');
    const base = house.record('bot-a');
    const start = git(house.bare, 'rev-parse', 'main').trim();
    await house.published(editOf('Create', creation(recordOf('bot-b'))));

    git(house.bare, 'update-ref', 'refs/heads/main', start);
    await vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ state: 'rewritten', head: start }), {
      timeout: PATIENCE_MS,
    });
    const edit = editOf('Stop', change(base, withSpec(base, { state: 'stopped' })));
    house.publisher.submit(edit);
    expect(await house.publisher.settled(edit.id, 300)).toEqual({ state: 'pending' });
    expect(git(house.bare, 'rev-parse', 'main').trim()).toBe(start);
    expect(house.record('bot-b')).toBeDefined();

    await expect(house.publisher.acceptHead('f'.repeat(40))).rejects.toMatchObject({ code: 'stale' });
    await house.publisher.acceptHead(start);

    expect(await house.publisher.settled(edit.id, 20_000)).toMatchObject({ state: 'published' });
    // What the old history had and the new one lacks did not leave by a tombstone.
    expect(problemsOf(house)).toEqual([expect.stringContaining('instances/bot-b.yaml is missing from main')]);
    expect(house.record('bot-b')).toBeDefined();
  });

  it('goes on by itself when main is put back', async () => {
    const house = await openFurnishedHouse('bot-a');
    const head = git(house.bare, 'rev-parse', 'main').trim();
    git(house.bare, 'update-ref', '-d', 'refs/heads/main');
    await vi.waitFor(() => expect(house.publisher.state().state).toBe('rewritten'), { timeout: PATIENCE_MS });

    git(house.bare, 'update-ref', 'refs/heads/main', head);

    await vi.waitFor(() => expect(house.publisher.state()).toEqual({ state: 'following', head }), {
      timeout: PATIENCE_MS,
    });
  });
});

describe('a commit with more files than a unit may have', () => {
  it('holds that unit with words, and all others go on', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const junk = Array.from({ length: 600 }, (_, at): [string, string] => [`dist/bot-a/x${at}.yaml`, `a: ${at}\n`]);

    house.person.push('Junk', Object.fromEntries(junk));
    await house.caughtUp();
    await house.published(
      editOf('Stop', change(house.record('bot-b'), withSpec(house.record('bot-b'), { state: 'stopped' }))),
    );

    expect(problemsOf(house)).toEqual([expect.stringMatching(/^dist\/bot-a\/ holds 6\d\d files; at most 500 /)]);
    expect(house.record('bot-b').spec.state).toBe('stopped');
    expect(git(house.bare, 'log', '-2', '--format=%s', 'main').trim().split('\n')).toEqual(['Stop', 'Junk']);
  });
});
