import { describe, expect, it } from 'vitest';
import { verifyRepo } from '../../../../constructs/repo/verify-repo.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { getInstance, listInstances } from '../../../../server/store/instances.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { listRevisions } from '../../../../server/store/revisions.ts';
import { listTombstones } from '../../../../server/store/tombstones.ts';
import { git } from '../../../support/person-git.ts';
import { change, creation, editOf, FLEET, openFurnishedHouse, openHouse, recordOf, withSpec } from './fixture.ts';

const filesOf = (house: { bare: string }, commit: string): string[] =>
  git(house.bare, 'show', '--no-renames', '--format=', '--name-status', commit).trim().split('\n');

describe('an edit', () => {
  it('is a draft at once, and a commit with record, rendering, author and trailer when it is published', async () => {
    const house = await openHouse();
    const edit = editOf(
      'Create bot-alpha',
      { kind: 'Fleet', base: null, next: FLEET },
      creation(recordOf('bot-alpha')),
    );
    house.publisher.submit(edit);

    expect(getInstance(house.store.reader, 'bot-alpha')).toMatchObject({ id: 1, record: null, commit: null });
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });

    house.start();
    const settled = await house.publisher.settled(edit.id, 20_000);
    const commit = git(house.bare, 'rev-parse', 'main').trim();
    expect(settled).toEqual({ state: 'published', commit });
    expect(git(house.bare, 'log', '--format=%an|%cn|%s|%(trailers:key=Claworc-Edit,valueonly)').trim()).toBe(
      `Ada|Claworc|Create bot-alpha|${edit.id}`,
    );
    expect(getInstance(house.store.reader, 'bot-alpha')).toEqual({
      id: 1,
      name: 'bot-alpha',
      record: recordOf('bot-alpha'),
      commit,
      renderedCommit: commit,
      createdAt: edit.at,
      updatedAt: edit.at,
    });
    expect(getFleet(house.store.reader)).toEqual({ record: FLEET, commit });
    const { files } = await house.repository.readFiles(commit);
    expect(files.has('dist/bot-alpha/deployment.yaml')).toBe(true);
    expect(verifyRepo(files)).toEqual([]);
  });

  it('changes only the files it has to, and keeps comments and order of a record that a person wrote', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const text = house.person.read('instances/bot-a.yaml');
    house.person.push('Explain', { 'instances/bot-a.yaml': `# Asked for by sales.\n${text.trimEnd()} # really\n` });
    await house.caughtUp();
    const base = house.record('bot-a');

    const commit = await house.published(editOf('Rename', change(base, withSpec(base, { displayName: 'New name' }))));

    expect(filesOf(house, commit)).toEqual(['M\tinstances/bot-a.yaml']);
    const after = house.onMain('instances/bot-a.yaml') ?? '';
    expect(after).toMatch(/^# Asked for by sales\.\n/);
    expect(after).toContain('# really');
    expect(after).toContain('displayName: New name');
  });

  it('that main has already makes no commit and is settled at the head', async () => {
    const house = await openFurnishedHouse('bot-a');
    const head = git(house.bare, 'rev-parse', 'main').trim();
    const base = house.record('bot-a');

    expect(await house.published(editOf('Nothing', change(base, base)))).toBe(head);
    expect(git(house.bare, 'rev-parse', 'main').trim()).toBe(head);
  });

  it('of claworc.yaml renders every bot again in one commit', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');

    const next = { ...FLEET, spec: { ...FLEET.spec, image: 'registry.example.com/bot:2' } };
    const commit = await house.published(editOf('New image', { kind: 'Fleet', base: FLEET, next }));

    expect(filesOf(house, commit)).toEqual([
      'M\tclaworc.yaml',
      'M\tdist/bot-a/deployment.yaml',
      'M\tdist/bot-b/deployment.yaml',
    ]);
    expect(getFleet(house.store.reader)?.record.spec.image).toBe('registry.example.com/bot:2');
  });

  it('keeps a saved revision each time', async () => {
    const house = await openFurnishedHouse('bot-a');
    const base = house.record('bot-a');
    const edit = editOf('Stop', change(base, withSpec(base, { state: 'stopped' })));
    await house.published(edit);

    expect(listRevisions(house.store.reader, 'bot-a', 10)).toMatchObject([
      { savedBy: 'Ada', origin: { editId: edit.id } },
      { savedBy: 'Ada' },
    ]);
  });

  it('can not bring trailers in by its message or its author', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const [a, b] = [house.record('bot-a'), house.record('bot-b')];
    const victim = editOf('Victim', change(b, withSpec(b, { state: 'stopped' })));
    const edit = {
      ...editOf(`Stop\n\nClaworc-Edit: ${victim.id}`, change(a, withSpec(a, { state: 'stopped' }))),
      author: { name: `x\n\nClaworc-Edit: ${victim.id}`, email: `a>\nClaworc-Edit: ${victim.id}` },
    };

    house.publisher.submit(edit);
    house.publisher.submit(victim);
    const [first, second] = await Promise.all([
      house.publisher.settled(edit.id, 20_000),
      house.publisher.settled(victim.id, 20_000),
    ]);

    expect(first).toMatchObject({ state: 'published' });
    expect(second).toMatchObject({ state: 'published' });
    expect(second).not.toEqual(first);
    expect(house.record('bot-b').spec.state).toBe('stopped');
  });
});

describe('creating and removing', () => {
  it('refuses a second bot of a name at once', async () => {
    const house = await openFurnishedHouse('bot-a');
    const again = editOf('Again', creation(recordOf('bot-a')));

    expect(() => house.publisher.submit(again)).toThrow(expect.objectContaining({ code: 'name_taken' }));
    expect(getEdit(house.store.reader, again.id)).toBeUndefined();
  });

  it('leaves a tombstone in the commit that takes everything else away; coming back removes it', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const base = house.record('bot-a');

    const gone = await house.published(
      editOf('Delete', { kind: 'BotInstance', name: 'bot-a', base, next: null, data: 'destroy' }),
    );

    const paths = filesOf(house, gone);
    expect(paths.filter((line) => !line.startsWith('D\tdist/bot-a/'))).toEqual([
      'D\tinstances/bot-a.yaml',
      'A\ttombstones/bot-a.yaml',
    ]);
    expect(git(house.bare, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('dist/bot-a');
    expect(listInstances(house.store.reader).map(({ name }) => name)).toEqual(['bot-b']);
    expect(listTombstones(house.store.reader)).toMatchObject([{ name: 'bot-a', data: 'destroy', removedBy: 'Ada' }]);

    const back = await house.published(editOf('Create', creation(recordOf('bot-a'))));

    expect(filesOf(house, back)).toContain('D\ttombstones/bot-a.yaml');
    expect(listTombstones(house.store.reader)).toEqual([]);
    expect(listInstances(house.store.reader).map(({ id, name }) => [id, name])).toEqual([
      [2, 'bot-b'],
      [3, 'bot-a'],
    ]);
  });

  it('fails with the reason when the repository would not be right with it, and the others go on', async () => {
    const house = await openFurnishedHouse('bot-a');
    const ports = { exposure: 'nodePort', nodePorts: { chrome: 30100, terminal: 30101 } } as const;
    const first = editOf('One', creation(recordOf('bot-x', ports)));
    const second = editOf('Two', creation(recordOf('bot-y', ports)));
    const third = editOf('Three', creation(recordOf('bot-z')));
    [first, second, third].forEach((edit) => house.publisher.submit(edit));

    expect(await house.publisher.settled(third.id, 20_000)).toMatchObject({ state: 'published' });
    expect(await house.publisher.settled(first.id, 20_000)).toMatchObject({ state: 'published' });
    const failed = await house.publisher.settled(second.id, 20_000);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.state === 'failed' && failed.detail).toMatch(/30100.*bot-[xy]/);
    expect(house.onMain('instances/bot-y.yaml')).toBeUndefined();

    // The draft stays until somebody gives it up, and with it the bot that was nothing else.
    expect(getInstance(house.store.reader, 'bot-y')?.record).toBeNull();
    expect(house.publisher.discardDraft(second.id)).toBe(true);
    expect(getInstance(house.store.reader, 'bot-y')).toBeUndefined();
    expect(house.publisher.discardDraft(first.id)).toBe(false);
  });
});
