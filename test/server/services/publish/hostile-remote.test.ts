import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 20 };
const START = (): Parameters<House['publish']>[0] =>
  editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));
const headOf = (repository: string): string => git(repository, 'rev-parse', 'refs/heads/main').trim();

/** An edit of ours, and a push of somebody else, both there and here. */
async function expectBothWays(house: House): Promise<void> {
  const base = house.record('bot-a');
  await house.published(editOf('Stop', change(base, withSpec(base, { state: 'stopped' }))));
  const text = house.person.read('instances/bot-a.yaml').replace('displayName: bot-a', 'displayName: Anna');
  house.person.push('Rename', { 'instances/bot-a.yaml': text });
  house.publisher.pull();
  await vi.waitFor(() => expect(house.record('bot-a').spec.displayName).toBe('Anna'), PATIENCE);
  await house.caughtUp();
  await vi.waitFor(() => expect(headOf(house.own)).toBe(headOf(house.bare)), PATIENCE);
}

describe('a remote whose main is called like something else', () => {
  it('is followed by its branch where a tag has the same name', async () => {
    const house = await openHouse({ remote: true });
    house.start();
    await house.published(START());
    git(house.bare, 'tag', 'main', headOf(house.bare));
    await expectBothWays(house);
  });

  it('is told where a tag has the full name of its branch, and goes on when that is deleted', async () => {
    const house = await openHouse({ remote: true });
    house.start();
    await house.published(START());
    git(house.bare, 'update-ref', 'refs/tags/refs/heads/main', headOf(house.bare));
    const edit = editOf('Add', creation(recordOf('bot-b')));
    house.publisher.submit(edit);
    await vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ trouble: 'unfit' }), PATIENCE);
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });

    git(house.bare, 'update-ref', '-d', 'refs/tags/refs/heads/main');
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
  });

  it('is followed by the branch that was named, wherever its HEAD is', async () => {
    const house = await openHouse({ remote: true });
    house.start();
    await house.published(START());
    git(house.bare, 'symbolic-ref', 'HEAD', 'refs/heads/nowhere');
    await expectBothWays(house);
  });
});

it('a remote with another kind of object ids is told as that, and what is saved waits', async () => {
  const folder = join(tempFolder(), 'remote.git');
  git(tempFolder(), 'init', '-q', '--bare', '--object-format=sha256', '-b', 'main', folder);
  const house = await openHouse({ remote: { folder, url: folder, access: {} } });
  house.start();
  const edit = START();
  house.publisher.submit(edit);
  await vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ trouble: 'unfit' }), PATIENCE);

  expect(house.publisher.state()).toMatchObject({ detail: expect.stringMatching(/sha256/) as string });
  expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
});

describe('a remote in a folder whose config names programs', () => {
  it('has none of them run, neither by what is fetched from it nor by what is pushed to it', async () => {
    const house = await openHouse({ remote: true });
    const canaries = join(house.folder, 'canaries');
    const programs = join(house.folder, 'programs');
    mkdirSync(canaries);
    mkdirSync(programs);
    const program = (name: string): string => {
      const file = join(programs, name);
      writeFileSync(file, `#!/bin/sh\ntouch '${join(canaries, name)}'\ncat\n`);
      chmodSync(file, 0o755);
      return file;
    };
    const set = (...args: string[]): string => git(house.bare, 'config', ...args);
    for (const name of [
      'core.fsmonitor',
      'core.sshCommand',
      'core.gitProxy',
      'core.askPass',
      'core.editor',
      'core.pager',
      'credential.helper',
      'diff.external',
      'filter.x.clean',
      'filter.x.smudge',
      'filter.x.process',
      'gpg.program',
      'gpg.ssh.program',
      'uploadpack.packObjectsHook',
      'uploadarchive.command',
    ]) {
      set(name, program(name));
    }
    writeFileSync(join(house.bare, 'info', 'attributes'), '* filter=x diff=x\n');
    const included = join(house.folder, 'included');
    writeFileSync(included, `[core]\n\tfsmonitor = ${program('included')}\n`);
    set('include.path', included);

    house.start();
    await house.published(START());
    await expectBothWays(house);

    expect(readdirSync(canaries)).toEqual([]);
    expect(existsSync(join(house.own, 'canary'))).toBe(false);
  });
});
