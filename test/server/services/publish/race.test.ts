import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { makeKey } from '../../git/signing/fixture.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

/** Somebody does `act` in the moment in which the server is about to push, so many times. */
interface Faster {
  act: (house: House) => void;
  times: number;
}

async function furnished(mode: 'remote' | 'embedded', faster: Faster, ...names: string[]): Promise<House> {
  return furnishedBy(undefined, mode, faster, names);
}

/** `key` is the file of a key that signs what is published. */
async function furnishedBy(
  key: string | undefined,
  mode: 'remote' | 'embedded',
  faster: Faster,
  names: readonly string[],
): Promise<House> {
  const opened: { house?: House } = {};
  const house = await openHouse({
    ...(key === undefined ? {} : { signingKey: key }),
    ...(mode === 'remote' ? { remote: true, pollMs: 30_000 } : {}),
    failpoint: (step) => {
      if (step !== (mode === 'remote' ? 'commit-written' : 'commit-written-here') || faster.times === 0) return;
      faster.times -= 1;
      if (opened.house !== undefined) faster.act(opened.house);
    },
  });
  opened.house = house;
  house.start();
  const bots = names.map((name) => creation(recordOf(name)));
  await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
  return house;
}

const idle = (): Faster => ({ act: () => undefined, times: 0 });
const headOf = (house: House): string => git(house.bare, 'rev-parse', 'main').trim();
const image = (house: House, bot: string, name: string) => {
  const base = house.record(bot);
  return editOf(`Image ${name}`, change(base, withSpec(base, { image: name })));
};
const pushRecord = (house: House, bot: string, from: RegExp, to: string): void => {
  const path = `instances/${bot}.yaml`;
  house.person.push('Faster', { [path]: house.person.read(path).replace(from, to) });
};
const commitsOf = (house: House, id: string): number =>
  git(house.bare, 'log', '--format=%H', `--grep=Claworc-Edit: ${id}`, 'main')
    .split('\n')
    .filter((line) => line !== '').length;

describe.each(['remote', 'embedded'] as const)('an edit that loses against others again and again: %s', (mode) => {
  it('is put on top of what they pushed, once, and so is what they pushed imported', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a', 'bot-b');
    let turn = 0;
    Object.assign(faster, {
      times: 4,
      act: () => pushRecord(house, 'bot-b', /displayName: .*/, `displayName: Turn ${(turn += 1)}`),
    });

    const edit = image(house, 'bot-a', 'example.com/bot:2');
    const commit = await house.published(edit);

    expect(git(house.bare, 'log', '--format=%s', '-5', commit).trim().split('\n')).toEqual([
      'Image example.com/bot:2',
      ...Array.from({ length: 4 }, () => 'Faster'),
    ]);
    await house.caughtUp();
    expect(house.record('bot-a').spec.image).toBe('example.com/bot:2');
    expect(house.record('bot-b').spec.displayName).toBe('Turn 4');
    expect(commitsOf(house, edit.id)).toBe(1);
  });

  it('is judged by the policy that came in between, and never on main where that forbids it', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a');
    const fleet = { ...FLEET, spec: { ...FLEET.spec, policy: { allowedImages: ['ghcr.io'] } } };
    const act = (): void => void house.person.push('Rules', { 'claworc.yaml': writeRecord(fleet) });
    Object.assign(faster, { times: 1, act });

    const edit = image(house, 'bot-a', 'example.com/bot:2');

    expect(await house.publish(edit)).toMatchObject({ state: 'failed' });
    expect(commitsOf(house, edit.id)).toBe(0);
  });

  it('is judged together with the bots that others made in between', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a');
    const policy = { maxOfFleet: { memory: '6Gi' } };
    await house.published(
      editOf('Rules', { kind: 'Fleet', base: FLEET, next: { ...FLEET, spec: { ...FLEET.spec, policy } } }),
    );
    const limits = (memory: string) => ({ resources: { limits: { memory }, requests: { memory } } });
    const act = (): void => {
      house.person.push('Another', { 'instances/bot-z.yaml': writeRecord(recordOf('bot-z', limits('3Gi'))) });
    };
    Object.assign(faster, { times: 1, act });

    const base = house.record('bot-a');
    const edit = editOf('More', change(base, withSpec(base, limits('5Gi'))));

    const settled = await house.publish(edit);

    expect([settled.state, JSON.stringify(settled)]).toEqual(['failed', expect.stringContaining('6Gi')]);
    expect(commitsOf(house, edit.id)).toBe(0);
  });

  it('is a conflict where they changed the same field', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a');
    const base = house.record('bot-a');
    Object.assign(faster, {
      times: 1,
      act: () => pushRecord(house, 'bot-a', /displayName: .*/, 'displayName: Theirs'),
    });

    const edit = editOf('Mine', change(base, withSpec(base, { displayName: 'Mine' })));

    expect(await house.publish(edit)).toMatchObject({ state: 'conflict' });
    expect(house.onMain('instances/bot-a.yaml')).toContain('Theirs');
  });

  it('is published again as the record says where they edited what is rendered of its bot by hand', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a');
    const path = 'dist/bot-a/persistentvolumeclaim-chrome.yaml';
    const rendered = house.onMain(path);
    const act = (): void => void house.person.push('By hand', { [path]: `${rendered}# mine\n` });
    Object.assign(faster, { times: 1, act });

    const commit = await house.published(image(house, 'bot-a', 'example.com/bot:2'));

    expect(git(house.bare, 'log', '--format=%s', '-2', commit).trim()).toBe('Image example.com/bot:2\nBy hand');
    expect(git(house.bare, 'show', `${commit}:${path}`)).toBe(rendered);
    expect(git(house.bare, 'log', '-1', '--format=%b', commit)).toContain('Replaces what was edited by hand');
  });

  it('is not put on a main that was rewritten in between', async () => {
    const faster = idle();
    const house = await furnished(mode, faster, 'bot-a', 'bot-b');
    await house.published(image(house, 'bot-b', 'example.com/bot:1'));
    const act = (): void => {
      git(house.bare, 'update-ref', 'refs/heads/main', git(house.bare, 'rev-parse', 'main^').trim());
      house.person.push('Elsewhere', { 'notes.md': 'x\n' });
    };
    Object.assign(faster, { times: 1, act });
    const edit = image(house, 'bot-a', 'example.com/bot:2');

    house.publisher.submit(edit);
    await vi.waitFor(() => expect(house.publisher.state().state).toBe('rewritten'), { timeout: PATIENCE_MS });

    expect(git(house.bare, 'log', '-1', '--format=%s', 'main').trim()).toBe('Elsewhere');
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
    await house.publisher.acceptHead(headOf(house));
    expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
  });
});

describe('edits that wait while one loses', () => {
  /** Lets four edits of as many bots wait while a person is faster with a fifth one. */
  function fourWait(house: House, faster: Faster): readonly string[] {
    const first = image(house, 'bot-a', 'example.com/bot-a:2');
    const others = ['bot-b', 'bot-c', 'bot-d'].map((bot) => image(house, bot, `example.com/${bot}:2`));
    Object.assign(faster, {
      times: 1,
      act: () => {
        pushRecord(house, 'bot-e', /displayName: .*/, 'displayName: Faster');
        for (const edit of others) house.publisher.submit(edit);
      },
    });
    house.publisher.submit(first);
    return [first, ...others].map(({ id }) => id);
  }
  /** A remote that notes pushes from now on. */
  function noted(house: House): () => readonly string[] {
    const pushes = join(house.folder, 'pushes');
    const hook = join(house.bare, 'hooks', 'post-receive');
    writeFileSync(hook, `#!/bin/sh\ncat >> ${pushes}\n`);
    chmodSync(hook, 0o755);
    return () => readFileSync(pushes, 'utf8').trim().split('\n');
  }
  const BOTS = ['bot-a', 'bot-b', 'bot-c', 'bot-d', 'bot-e'];

  it('get to the remote with it, in their order, by one push', async () => {
    const faster = idle();
    const house = await furnished('remote', faster, ...BOTS);
    const pushes = noted(house);

    const ids = fourWait(house, faster);
    for (const id of ids) {
      expect(await house.publisher.settled(id, PATIENCE_MS)).toMatchObject({ state: 'published' });
    }

    // That of the person, and one of the server.
    expect(pushes()).toHaveLength(2);
    const order = git(house.bare, 'log', '-4', '--format=%(trailers:key=Claworc-Edit,valueonly,separator=)', 'main');
    expect(order.trim().split('\n').reverse()).toEqual(ids);
  });

  it('get there each with a signature of its own, which git finds to be good', async () => {
    const faster = idle();
    const key = makeKey(tempFolder(), 'server');
    const house = await furnishedBy(key.file, 'remote', faster, BOTS);
    const signers = join(house.folder, 'signers');
    writeFileSync(signers, `claworc@localhost ${key.publicKey}\n`);

    const pushes = noted(house);

    const settled = [];
    for (const id of fourWait(house, faster)) settled.push(await house.publisher.settled(id, PATIENCE_MS));

    const commits = settled.map((each) => (each.state === 'published' ? each.commit : each.state));
    expect(pushes()).toHaveLength(2);
    const verified = git(house.bare, '-c', `gpg.ssh.allowedSignersFile=${signers}`, 'log', '-4', '--format=%H %G?');
    expect(verified.trim().split('\n').reverse()).toEqual(commits.map((commit) => `${commit} G`));
  });

  it('get there without the one that main takes as a proposal alone', async () => {
    const faster = idle();
    const house = await furnished('remote', faster, ...BOTS);
    const next = { ...FLEET, spec: { ...FLEET.spec, publish: 'propose' as const } };
    await house.published(editOf('Proposals alone', { kind: 'Fleet', base: FLEET, next }));
    const [a, b] = [house.record('bot-a'), image(house, 'bot-b', 'example.com/bot-b:2')];
    Object.assign(faster, {
      times: 1,
      act: () => {
        pushRecord(house, 'bot-e', /displayName: .*/, 'displayName: Faster');
        house.publisher.submit(b);
      },
    });

    await house.published(editOf('Stop', change(a, withSpec(a, { state: 'stopped' }))));

    expect(await house.publisher.settled(b.id, PATIENCE_MS)).toMatchObject({ state: 'failed' });
    expect(commitsOf(house, b.id)).toBe(0);
  });

  it('get there without the one that a hook dislikes', async () => {
    const faster = idle();
    const house = await furnished('remote', faster, ...BOTS);
    const hook = join(house.bare, 'hooks', 'pre-receive');
    const script = '#!/bin/sh\nread old new ref\ngit diff --name-only $old $new | grep -q bot-b || exit 0\nexit 1\n';
    writeFileSync(hook, script);
    chmodSync(hook, 0o755);

    const [a = '', b = '', ...others] = fourWait(house, faster);
    for (const id of [a, ...others]) {
      expect(await house.publisher.settled(id, PATIENCE_MS)).toMatchObject({ state: 'published' });
    }

    expect(await house.publisher.settled(b, 1)).toEqual({ state: 'pending' });
    expect(house.publisher.discardDraft(b)).toBe(true);
    expect(commitsOf(house, b)).toBe(0);
  });
});
