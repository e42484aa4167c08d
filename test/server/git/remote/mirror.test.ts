import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { ADA, AT } from '../fixture.ts';
import { branchOf, mirrored, type Mirrored } from './fixture.ts';

const request = (parent: string | null) => ({
  parent,
  changes: new Map([['notes.md', 'ours\n']]),
  message: 'Ours\n',
  author: ADA,
  at: AT,
});

/** Somebody acts at a step of the server, once. */
interface Meanwhile {
  step: string;
  readonly act: (at: Mirrored) => unknown;
}

/** A mirror whose main and remote are at the second of two commits, as both know. */
async function settled(meanwhile: Meanwhile = { step: '', act: () => undefined }) {
  const at: { mirrored?: Mirrored } = {};
  const opened = await mirrored({
    failpoint: (step) => {
      if (step !== meanwhile.step || at.mirrored === undefined) return;
      meanwhile.step = '';
      meanwhile.act(at.mirrored);
    },
  });
  at.mirrored = opened;
  const first = opened.push(opened.bare, null, 'First');
  const second = opened.push(opened.bare, first, 'Second');
  expect(await opened.mirror.pull()).toEqual({ state: 'same', head: second });
  return { ...opened, first, second };
}

describe('a commit for a remote', () => {
  it('is on the remote before it is main here', async () => {
    const heads: string[] = [];
    const meanwhile = {
      step: 'commit-pushed',
      act: ({ own, bare }: Mirrored) => heads.push(branchOf(own), branchOf(bare)),
    };
    const { mirror, second, own } = await settled(meanwhile);

    const written = await mirror.commit(request(second));

    expect(written).toEqual({ ok: true, commit: heads[1] });
    expect(heads[0]).toBe(second);
    expect(branchOf(own)).toBe(heads[1]);
  });

  it('is not made where somebody else was faster: what they pushed stays, and main here is where it was', async () => {
    const theirs: string[] = [];
    const meanwhile = {
      step: 'commit-written',
      act: ({ push, bare }: Mirrored) => theirs.push(push(bare, branchOf(bare), 'Faster')),
    };
    const { mirror, second, own, bare } = await settled(meanwhile);

    expect(await mirror.commit(request(second))).toEqual({ ok: false, head: second });

    expect(branchOf(bare)).toBe(theirs[0]);
    expect(branchOf(own)).toBe(second);
  });

  it('is not made where the history of the remote was rewritten: what stands there stays', async () => {
    const theirs: string[] = [];
    const meanwhile = {
      step: 'commit-written',
      act: ({ push, bare }: Mirrored) => theirs.push(push(bare, null, 'Elsewhere')),
    };
    const { mirror, second, own, bare } = await settled(meanwhile);

    expect(await mirror.commit(request(second))).toEqual({ ok: false, head: second });

    expect(branchOf(bare)).toBe(theirs[0]);
    expect(branchOf(own)).toBe(second);
  });

  it.each<[string, Meanwhile['act']]>([
    ['could not be reached', ({ bare }) => renameSync(bare, `${bare}.away`)],
    [
      'said no',
      ({ bare }) => {
        writeFileSync(join(bare, 'hooks', 'pre-receive'), '#!/bin/sh\nexit 1\n');
        chmodSync(join(bare, 'hooks', 'pre-receive'), 0o755);
      },
    ],
  ])('is an error and not on main here where the remote %s', async (_what, act) => {
    const { mirror, second, own } = await settled({ step: 'commit-written', act });

    await expect(mirror.commit(request(second))).rejects.toMatchObject({ code: 'git_refused' });

    expect(branchOf(own)).toBe(second);
  });

  it('does not move main here away from what somebody put on it meanwhile', async () => {
    const theirs: string[] = [];
    const meanwhile = {
      step: 'commit-pushed',
      act: ({ push, own }: Mirrored) => theirs.push(push(own, branchOf(own), 'Here')),
    };
    const { mirror, second, own } = await settled(meanwhile);

    expect(await mirror.commit(request(second))).toEqual({ ok: false, head: theirs[0] });

    expect(branchOf(own)).toBe(theirs[0]);
  });
});

describe('a look at a remote', () => {
  it('takes what was added to main there', async () => {
    const { mirror, push, bare, own, second } = await settled();
    const third = push(bare, second, 'Third');

    expect(await mirror.pull()).toEqual({ state: 'same', head: third });
    expect(branchOf(own)).toBe(third);
  });

  it('does not take a rewritten main: both stay where they are until a person accepts that very head', async () => {
    const { mirror, push, bare, own, first, second } = await settled();
    const theirs = push(bare, first, 'Rewritten');
    const told = { state: 'rewritten', ours: second, theirs };

    expect(await mirror.pull()).toEqual(told);
    expect([branchOf(own), branchOf(bare)]).toEqual([second, theirs]);
    await expect(mirror.accept(first)).rejects.toMatchObject({ code: 'stale' });
    await expect(mirror.accept(second)).rejects.toMatchObject({ code: 'stale' });
    expect(await mirror.pull()).toEqual(told);

    await mirror.accept(theirs);
    expect(await mirror.pull()).toEqual({ state: 'same', head: theirs });
    expect(git(own, 'for-each-ref', '--contains', second, 'refs/claworc/left')).toContain(second);
  });

  it('does not push again what the remote took back', async () => {
    const { mirror, bare, own, first, second } = await settled();
    git(bare, 'update-ref', 'refs/heads/main', first);

    expect(await mirror.pull()).toEqual({ state: 'rewritten', ours: second, theirs: first });
    expect([branchOf(own), branchOf(bare)]).toEqual([second, first]);
  });

  it('gives the remote what somebody committed here on top of it', async () => {
    const { mirror, push, bare, own, second } = await settled();
    const third = push(own, second, 'Here');

    expect(await mirror.pull()).toEqual({ state: 'same', head: third });
    expect(branchOf(bare)).toBe(third);
  });

  it('does not put a branch back by itself that the remote lost, but when a person asks for it', async () => {
    const { mirror, bare, own, second } = await settled();
    git(bare, 'update-ref', '-d', 'refs/heads/main');

    expect(await mirror.pull()).toEqual({ state: 'branch_gone', ours: second, theirs: null });
    expect([branchOf(own), branchOf(bare)]).toEqual([second, '']);

    await mirror.restoreBranch();
    expect(branchOf(bare)).toBe(second);
  });

  it('does not move main here away from what somebody put on it while the remote was asked', async () => {
    const here: string[] = [];
    const meanwhile: Meanwhile = { step: '', act: ({ push, own }) => here.push(push(own, branchOf(own), 'Here')) };
    const { mirror, push, bare, own, second } = await settled(meanwhile);
    const theirs = push(bare, second, 'There');
    meanwhile.step = 'main-fetched';

    expect(await mirror.pull()).toEqual({ state: 'unrelated', ours: here[0], theirs });
    expect([branchOf(own), branchOf(bare)]).toEqual([here[0], theirs]);
  });
});
