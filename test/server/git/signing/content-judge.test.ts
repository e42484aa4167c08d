import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { writeRawCommit } from '../../../support/raw-commit.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { put } from '../fixture.ts';
import { fleetSignedBy, freeFleet, makeKey, signing, type Signing, type TestKey } from './fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const BETA = 'instances/bot-beta.yaml';

interface Scene extends Signing {
  readonly ada: TestKey;
  readonly eve: TestKey;
  /** The commit that demands signatures. */
  readonly strict: string;
  /** What no signed commit stands for, as a process finds it that knows nothing yet. */
  readonly unsigned: (commit: string) => Promise<Record<string, string>>;
}

/** A repository with an unsigned past, in which Ada alone may sign from a commit on. */
async function scene(line = (ada: TestKey) => `ada@example.com ${ada.publicKey}`): Promise<Scene> {
  const there = await signing();
  const [ada, eve] = [makeKey(tempFolder(), 'ada'), makeKey(tempFolder(), 'eve')];
  there.push('Start', { 'claworc.yaml': freeFleet(), [ALPHA]: 'a1\n', [BETA]: 'b1\n' });
  const strict = there.push('Demand signatures', { 'claworc.yaml': fleetSignedBy([line(ada)]) });
  return {
    ...there,
    ada,
    eve,
    strict,
    unsigned: async (commit) => {
      const { signatures } = await there.open();
      const { unsigned } = await signatures.standingAt(commit);
      return Object.fromEntries([...unsigned].map(([path, { words }]) => [path, words]));
    },
  };
}

describe('what no signed commit stands for', () => {
  it('is nothing while no claworc.yaml demands signatures, nor up to the commit that does', async () => {
    const { unsigned, strict, checkout, repository } = await scene();

    expect(await unsigned(strict)).toEqual({});
    expect(await unsigned(git(checkout, 'rev-parse', 'HEAD~1').trim())).toEqual({});
    expect((await repository.signatures.standingAt(strict)).policy).toMatchObject({ required: true });
  });

  it('is what an unsigned commit, or one of a stranger, changed, until a signed commit changes it', async () => {
    const { unsigned, push, ada, eve } = await scene();
    const one = push('Unsigned', { [ALPHA]: 'a2\n' });
    expect(await unsigned(one)).toEqual({ [ALPHA]: 'is not signed' });

    const other = push(
      'By Eve',
      { [BETA]: null, 'secrets/bot-beta/K.yaml': 'k\n', 'dist/bot-beta/x.yaml': 'x\n' },
      eve,
    );
    expect(await unsigned(other)).toEqual({
      [ALPHA]: 'is not signed',
      [BETA]: expect.stringMatching(/^is signed by a key that is not listed \(SHA256:/) as string,
      'secrets/bot-beta/K.yaml': expect.stringMatching(/not listed/) as string,
    });

    // Another file does not make it good, nor does the rendering.
    expect(await unsigned(push('Else', { 'dist/bot-alpha/x.yaml': 'x\n', 'README.md': 'r\n' }, ada))).toHaveProperty([
      ALPHA,
    ]);
    const last = push('By Ada', { [ALPHA]: 'a3\n', [BETA]: 'b2\n', 'secrets/bot-beta/K.yaml': 'k2\n' }, ada);
    expect(await unsigned(last)).toEqual({});
  });

  it('is no file that is again as signed commits left it, and is one that went back further', async () => {
    const { unsigned, push, ada } = await scene();
    push('Newer', { [ALPHA]: 'a2\n' }, ada);
    expect(await unsigned(push('Back to the first', { [ALPHA]: 'a1\n' }))).toHaveProperty([ALPHA]);
    expect(await unsigned(push('As it was signed', { [ALPHA]: 'a2\n' }))).toEqual({});
    expect(await unsigned(push('Away', { [ALPHA]: null }))).toHaveProperty([ALPHA]);
  });

  it('takes no looser policy from an unsigned commit, in one push or many, and from a signed one does', async () => {
    const { unsigned, commit, push, ada, eve } = await scene();
    commit('Loosen', { 'claworc.yaml': freeFleet() });
    const pushed = push('Use it', { [ALPHA]: 'a2\n' });
    expect(Object.keys(await unsigned(pushed)).sort()).toEqual(['claworc.yaml', ALPHA].sort());

    const listed = fleetSignedBy([`ada ${ada.publicKey}`, `eve ${eve.publicKey}`]);
    commit('Let Eve in, says Eve', { 'claworc.yaml': listed }, eve);
    expect(Object.keys(await unsigned(push('By Eve', { [BETA]: 'b2\n' }, eve))).sort()).toEqual(
      ['claworc.yaml', ALPHA, BETA].sort(),
    );
    // What Ada signs is as it is at her commit, all of the file.
    push('Let Eve in, says Ada', { 'claworc.yaml': `${listed}# Ada\n` }, ada);
    expect(Object.keys(await unsigned(push('By Eve again', { [BETA]: 'b3\n' }, eve)))).toEqual([ALPHA]);
    expect(await unsigned(push('Free', { 'claworc.yaml': freeFleet() }, ada))).toEqual({});
    expect(await unsigned(push('Anything', { [ALPHA]: 'a9\n' }))).toEqual({});
  });

  it('demands goes on when claworc.yaml is broken or taken away, signed or not', async () => {
    const { unsigned, push, ada } = await scene();
    push('Broken', { 'claworc.yaml': 'spec: [\n' }, ada);
    expect(await unsigned(push('One', { [ALPHA]: 'a2\n' }))).toHaveProperty([ALPHA]);
    push('Gone', { 'claworc.yaml': null }, ada);
    expect(await unsigned(push('Two', { [BETA]: 'b2\n' }))).toHaveProperty([BETA]);
  });

  it('of a merge is what was unsigned on its side, and of an unsigned merge all that the sides differ in', async () => {
    const { unsigned, push, git: run, checkout, ada } = await scene();
    run(undefined, 'checkout', '-q', '-b', 'branch');
    writeFileSync(join(checkout, ALPHA), 'a2\n');
    run(ada, 'commit', '-qam', 'Signed', '-S');
    writeFileSync(join(checkout, BETA), 'b2\n');
    run(undefined, 'commit', '-qam', 'Not signed');
    run(undefined, 'checkout', '-q', 'main');
    push('Main goes on', { 'instances/bot-gamma.yaml': 'g1\n' }, ada);
    run(ada, 'merge', '-q', '--no-ff', '-S', '-m', 'Merge', 'branch');
    const signed = run(undefined, 'rev-parse', 'HEAD').trim();
    run(undefined, 'push', '-q', 'origin', 'main');
    expect(await unsigned(signed)).toEqual({ [BETA]: 'is not signed' });

    run(undefined, 'reset', '-q', '--hard', 'HEAD~1');
    run(undefined, 'merge', '-q', '--no-ff', '-m', 'Merge', 'branch');
    const plain = run(undefined, 'rev-parse', 'HEAD').trim();
    run(undefined, 'push', '-q', 'origin', 'HEAD:plain');
    expect(Object.keys(await unsigned(plain)).sort()).toEqual([ALPHA, BETA, 'instances/bot-gamma.yaml'].sort());
  });

  it('can’t be made less by a merge with a history from before the demand', async () => {
    const { unsigned, push, bare, git: run, strict, ada } = await scene();
    const head = push('Newer', { [ALPHA]: 'a2\n' }, ada);
    const before = run(undefined, 'rev-parse', `${strict}~1`).trim();
    // The tree of before, with the head of today as one of its parents.
    const rolledBack = run(undefined, 'commit-tree', '-p', before, '-p', head, '-m', 'x', `${before}^{tree}`).trim();
    run(undefined, 'push', '-q', bare, `${rolledBack}:refs/heads/evil`);
    expect(Object.keys(await unsigned(rolledBack)).sort()).toEqual(['claworc.yaml', ALPHA].sort());
    expect(await unsigned(head)).toEqual({});
  });

  it('is what a copied signature stands on, an altered commit and one that is signed twice', async () => {
    const { unsigned, push, bare, ada } = await scene();
    const good = push('Good', { [ALPHA]: 'a2\n' }, ada);
    const text = git(bare, 'cat-file', 'commit', good);
    const raw = writeRawCommit(bare, good, { entries: new Map([[BETA, { mode: '100644', content: 'evil\n' }]]) });
    const signature = /gpgsig [^]*?-----END SSH SIGNATURE-----\n/.exec(text)?.[0] ?? '';
    const head = git(bare, 'cat-file', 'commit', raw).replace('\n\n', `\n${signature}\n`);
    const write = (content: string): string => {
      const file = join(tempFolder(), 'commit');
      writeFileSync(file, content);
      return git(bare, 'hash-object', '-t', 'commit', '-w', '--literally', file).trim();
    };
    expect(await unsigned(write(head))).toEqual({ [BETA]: 'has a signature that does not fit it' });
    expect(await unsigned(write(head.replace(signature, `${signature}${signature}`)))).toEqual({
      [BETA]: 'has more than one signature',
    });
    const edited = text.replace('Good', 'Evil').replace(/^parent .*$/m, `parent ${good}`);
    expect(await unsigned(write(edited))).toEqual({});
    expect(
      await unsigned(write(edited.replace(/^tree .*$/m, git(bare, 'log', '-1', '--format=tree %T', raw).trim()))),
    ).toEqual({
      [BETA]: 'has a signature that does not fit it',
    });
  });

  it('is what was signed out of the time of a key, also by a clock that was set back', async () => {
    const { push, unsigned, ada, eve, checkout, git: run } = await scene();
    const lines = [`ada ${ada.publicKey}`, `eve valid-before="20261201Z" ${eve.publicKey}`];
    push('Eve until December', { 'claworc.yaml': fleetSignedBy(lines) }, ada);
    const at = (date: string, by: TestKey, path: string, text: string): string => {
      writeFileSync(join(checkout, path), text);
      run(undefined, 'add', '-A');
      run(by, '-c', 'user.useConfigOnly=false', 'commit', '-qm', text, '-S', `--date=${date}`);
      const tree = run(undefined, 'log', '-1', '--format=%T').trim();
      const parent = run(undefined, 'rev-parse', 'HEAD~1').trim();
      const script = `GIT_COMMITTER_DATE=${date} git -c gpg.format=ssh -c user.signingKey=${by.file} commit-tree -S -p ${parent} -m x ${tree}`;
      const made = run(undefined, '-c', `alias.made=!${script}`, 'made').trim();
      run(undefined, 'reset', '-q', '--hard', made);
      run(undefined, 'push', '-q', 'origin', 'HEAD:main');
      return made;
    };
    expect(await unsigned(at('2026-11-30T12:00:00Z', eve, ALPHA, 'a2\n'))).toEqual({});
    expect(await unsigned(at('2026-12-01T12:00:00Z', eve, ALPHA, 'a3\n'))).toEqual({
      [ALPHA]: 'is signed by eve after the time of that key',
    });
    expect(await unsigned(at('2026-12-02T12:00:00Z', ada, ALPHA, 'a4\n'))).toEqual({});
    expect(await unsigned(at('2026-11-30T12:00:00Z', eve, BETA, 'b2\n'))).toEqual({
      [BETA]: 'is signed by eve after the time of that key',
    });
  });

  it('is the same whatever was asked before, and costs no process for a commit that was made here', async () => {
    const { checkout, push, open, ada, unsigned } = await scene();
    const repository = await open(ada);
    const seen: [string, readonly string[]][] = [];
    for (let round = 0; round < 4; round += 1) {
      const mine = await put(repository, { [`instances/bot-${round}.yaml`]: 'x\n', [ALPHA]: `a${round}\n` });
      git(checkout, 'pull', '-q', '--ff-only', 'origin', 'main');
      for (const commit of [mine, push(`Unsigned ${round}`, { [BETA]: `b${round}\n` })]) {
        const { unsigned: found } = await repository.signatures.standingAt(commit);
        seen.push([commit, [...found.keys()]]);
      }
    }
    for (const [commit, paths] of seen) expect(Object.keys(await unsigned(commit))).toEqual(paths);
  });

  it('can’t be told where the history is cut off', async () => {
    const { bare, push, ada } = await scene();
    push('Newer', { [ALPHA]: 'a2\n' }, ada);
    const folder = tempFolder();
    git(folder, 'clone', '-q', '--depth=1', `file://${bare}`, 'shallow');
    const { openRepository } = await import('../../../../server/git/repository.ts');
    const { silentLog } = await import('../../../../server/lib/log.ts');
    const repository = await openRepository({ folder: join(folder, 'shallow'), log: silentLog });
    const standing = await repository.signatures.standingAt((await repository.head()) ?? '');

    expect(standing).toMatchObject({ isCutOff: true, policy: { required: true } });
    expect(existsSync(join(folder, 'shallow', '.git', 'shallow'))).toBe(true);
  });
});
