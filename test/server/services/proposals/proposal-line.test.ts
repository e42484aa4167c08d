import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { addProposal, countOpenProposals, getProposal, listOpenProposals } from '../../../../server/store/proposals.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import {
  change,
  editOf,
  openFurnishedHouse,
  openHouse,
  recordOf,
  withSpec,
  creation,
  FLEET,
} from '../publish/fixture.ts';

const proposal = { title: 'T', description: '', branch: 'proposals/t', author: 'Ada', head: null } as const;
const openedAt = '2026-11-19T14:31:40Z';

describe('the branch of a proposal', () => {
  test('has an edit once, when the process was killed between its commit and the note about it', async () => {
    const house = await openHouse();
    const stop = house.start();
    const record = recordOf('bot-alpha');
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(record)));
    const number = house.store.transact((tx) => addProposal(tx, { ...proposal, openedAt }));
    const renamed = withSpec(record, { displayName: 'A' });
    const edit = { ...editOf('Rename', change(record, renamed)), proposal: number };
    const later = { ...editOf('Again', change(renamed, withSpec(record, { displayName: 'B' }))), proposal: number };
    const first = await house.publish(edit);
    expect([first.state, (await house.publish(later)).state]).toEqual(['proposed', 'proposed']);
    await stop();
    const head = git(house.bare, 'rev-parse', 'proposals/t').trim();
    house.store.transact((tx) => {
      tx.run('UPDATE outbox SET proposed_id = NULL WHERE id = ?', edit.id);
      tx.run('UPDATE proposals SET head_id = NULL WHERE number = ?', number);
    });

    house.start();

    expect(await house.publisher.settled(edit.id, 20_000)).toEqual(first);
    expect(git(house.bare, 'rev-parse', 'proposals/t').trim()).toBe(head);
    expect(getProposal(house.store.reader, number)?.head).toBe(head);
  });

  test('never brings an edit to main by itself, and an edit for main does not wait for it', async () => {
    const house = await openFurnishedHouse('bot-alpha');
    const record = house.record('bot-alpha');
    const number = house.store.transact((tx) => addProposal(tx, { ...proposal, openedAt }));
    const proposed = { ...editOf('Rename', change(record, withSpec(record, { displayName: 'A' }))), proposal: number };

    await house.publish(proposed);
    await house.published(editOf('Stop', change(record, withSpec(record, { state: 'stopped' }))));

    expect(house.onMain('instances/bot-alpha.yaml')).not.toContain('displayName: A\n');
    expect(house.onMain('instances/bot-alpha.yaml')).toContain('state: stopped');
    expect(getEdit(house.store.reader, proposed.id)).toMatchObject({ state: 'proposed', commit: null });
  });

  test('is followed without asking git for branches as long as main alone moves', async () => {
    const house = await openFurnishedHouse('bot-alpha');
    const record = house.record('bot-alpha');
    const number = house.store.transact((tx) => addProposal(tx, { ...proposal, openedAt }));
    const renamed = withSpec(record, { displayName: 'A' });
    await house.publish({ ...editOf('Rename', change(record, renamed)), proposal: number });
    const stopped = withSpec(record, { state: 'stopped' });
    const asked = vi.spyOn(house.repository, 'branches');
    // Two, as the commit of the proposal may not have been looked at before the first.
    await house.published(editOf('Stop', change(record, stopped)));
    await house.published(editOf('Start', change(stopped, record)));
    const before = asked.mock.calls.length;

    await house.published(editOf('Stop', change(record, stopped)));
    await house.published(editOf('Start', change(stopped, record)));

    expect(asked.mock.calls.length).toBe(before);
    const theirs = git(house.bare, 'commit-tree', 'proposals/t^{tree}', '-p', 'proposals/t', '-m', 'Theirs').trim();
    git(house.bare, 'update-ref', 'refs/heads/proposals/t', theirs);
    await vi.waitFor(() => expect(getProposal(house.store.reader, number)?.head).toBe(theirs), {
      timeout: PATIENCE_MS,
    });
  });

  test('stays one under a flood of branches, and edits of main are not kept waiting by it', async () => {
    const house = await openFurnishedHouse('bot-alpha');
    const record = house.record('bot-alpha');
    const number = house.store.transact((tx) => addProposal(tx, { ...proposal, openedAt }));
    const proposed = { ...editOf('Rename', change(record, withSpec(record, { displayName: 'A' }))), proposal: number };
    await house.publish(proposed);
    const tip = git(house.bare, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', 'Flood').trim();
    // Names that come before that of the proposal, more of them than may be open.
    const lines = Array.from({ length: 600 }, (_, index) => `create refs/heads/flood-${index} ${tip}\n`);
    const met = new Promise((resolve) => house.publisher.on('proposal', resolve));
    execFileSync('git', ['update-ref', '--stdin'], { cwd: house.bare, input: lines.join('') });
    await met;

    await house.published(editOf('Stop', change(record, withSpec(record, { state: 'stopped' }))));

    expect(getProposal(house.store.reader, number)?.state).toBe('open');
    expect(getEdit(house.store.reader, proposed.id)?.state).toBe('proposed');
    expect(countOpenProposals(house.store.reader)).toBeLessThan(400);
    const flood = listOpenProposals(house.store.reader).filter(({ branch }) => branch.startsWith('flood-'));
    expect(new Set(flood.map(({ branch }) => branch)).size).toBe(flood.length);
  });

  test('is seen behind more branches that main has than proposals may be open (the first 500 by name hid all others)', async () => {
    const house = await openFurnishedHouse('bot-alpha');
    const main = git(house.bare, 'rev-parse', 'main').trim();
    const tree = git(house.bare, 'rev-parse', 'main^{tree}').trim();
    const tip = git(house.bare, 'commit-tree', tree, '-p', main, '-m', 'A change').trim();
    const old = Array.from({ length: 600 }, (_, index) => `create refs/heads/old-${index} ${main}\n`);
    execFileSync('git', ['-C', house.bare, 'update-ref', '--stdin'], {
      input: [...old, `create refs/heads/real ${tip}\n`].join(''),
    });

    await vi.waitFor(
      () => expect(listOpenProposals(house.store.reader).map(({ branch }) => branch)).toEqual(['real']),
      { timeout: PATIENCE_MS },
    );
  });

  test('is looked at after the edits of main that wait, also where there are many proposals', async () => {
    const house = await openHouse();
    const stop = house.start();
    const record = recordOf('bot-alpha');
    await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(record)));
    const tip = git(house.bare, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', 'Topic').trim();
    for (const name of ['one', 'two', 'three']) git(house.bare, 'branch', name, tip);
    await vi.waitFor(() => expect(countOpenProposals(house.store.reader)).toBe(3), { timeout: PATIENCE_MS });
    await stop();
    house.person.push('By hand', { 'README.md': 'x' });
    const edit = editOf('Stop', change(record, withSpec(record, { state: 'stopped' })));
    house.publisher.submit(edit);
    const events: string[] = [];
    house.publisher.on('published', () => events.push('published'));
    house.publisher.on('proposal', () => events.push('proposal'));

    house.start();

    await vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(4), { timeout: PATIENCE_MS });
    expect(events.slice(0, 2)).toEqual(['published', 'proposal']);
  });
});
