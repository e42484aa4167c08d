import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../../constructs/new-documents.ts';
import { readRepo, synthRepo } from '../../../constructs/repo/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { runProgram } from '../../../server/cli/program.ts';
import { makeKey, type TestKey } from '../git/signing/fixture.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { recordingIo } from './checkout.ts';

const FLEET = newFleet({ recipients: [] });
const ALPHA = 'instances/bot-alpha.yaml';
const record = (memory: string): string =>
  writeRecord(newRecord({ name: 'bot-alpha', displayName: 'Alpha', resources: { limits: { memory } } }, FLEET));

/** A checkout on a branch of a main that demands signatures of Ada. */
function signedCheckout() {
  const folder = tempFolder();
  const [ada, eve] = [makeKey(tempFolder(), 'ada'), makeKey(tempFolder(), 'eve')];
  const signedCommits = { required: true, allowedSigners: [`ada@example.com ${ada.publicKey}`] };
  const fleet = writeRecord({ ...FLEET, spec: { ...FLEET.spec, policy: { signedCommits } } });
  git(folder, 'init', '-q', '--bare', '-b', 'main', 'remote');
  git(folder, 'clone', '-q', 'remote', 'checkout');
  const checkout = join(folder, 'checkout');
  const commit = (message: string, files: Readonly<Record<string, string>>, by?: TestKey): string => {
    const all = { 'claworc.yaml': fleet, ...files };
    const bytes = new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)]));
    const { changes } = synthRepo(readRepo(bytes), { at: '2026-11-19T14:31:40Z', by: 'Ada' });
    for (const [path, text] of [...Object.entries(all), ...changes]) {
      mkdirSync(dirname(join(checkout, path)), { recursive: true });
      writeFileSync(join(checkout, path), text ?? '');
    }
    git(checkout, 'add', '-A');
    const signing = by === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${by.file}`];
    git(checkout, ...signing, 'commit', '-qm', message, ...(by === undefined ? [] : ['-S']));
    return git(checkout, 'rev-parse', 'HEAD').trim();
  };
  const run = async (...args: string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const settled = { io, env: { PATH: process.env.PATH }, cwd: checkout, root: '/', version: '0', signal };
    const code = await runProgram(args, settled);
    return { code, output: [...io.output, ...io.errors].join('\n') };
  };
  commit('Start', { [ALPHA]: record('4Gi') });
  git(checkout, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
  git(checkout, 'fetch', '-q');
  git(checkout, 'checkout', '-q', '-b', 'change');
  return { folder, checkout, ada, eve, commit, run };
}

describe('a branch for a main that demands signed commits', () => {
  it('passes verify and diff where each commit is signed by a listed key', async () => {
    const { commit, run, ada } = signedCheckout();
    commit('More memory', { [ALPHA]: record('6Gi') }, ada);

    expect(await run('verify', '--base', 'main')).toMatchObject({ code: 0 });
    expect(await run('diff', 'main..HEAD')).toMatchObject({ code: 3 });
  });

  it('is refused with each commit that is not, at the files that it changes', async () => {
    const { commit, run, ada, eve } = signedCheckout();
    const one = commit('Not signed', { [ALPHA]: record('6Gi') }).slice(0, 8);
    const two = commit('By Eve', { [ALPHA]: record('7Gi') }, eve).slice(0, 8);
    commit('By Ada', { [ALPHA]: record('8Gi') }, ada);

    const verified = await run('verify', '--base', 'main', '--format', 'github');
    expect(verified.code).toBe(1);
    expect(verified.output).toMatch(/^::error file=instances\/bot-alpha\.yaml,/m);
    for (const words of [
      `${one} (Not signed), which is not signed`,
      `${two} (By Eve), which is signed by a key that`,
    ]) {
      expect(verified.output).toContain(words);
    }
    expect(verified.output).not.toContain('By Ada');
    const diffed = await run('diff', 'main..HEAD');
    expect(diffed.code).toBe(1);
    expect(diffed.output).toContain(`${one} (Not signed), which is not signed`);
  });

  it('takes no key from a commit of its own', async () => {
    const { commit, run, eve } = signedCheckout();
    const signedCommits = { required: false, allowedSigners: [`eve ${eve.publicKey}`] };
    const loose = writeRecord({ ...FLEET, spec: { ...FLEET.spec, policy: { signedCommits } } });
    commit('Let Eve in', { 'claworc.yaml': loose, [ALPHA]: record('4Gi') }, eve);

    expect(await run('verify', '--base', 'main')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/claworc\.yaml: was changed by [0-9a-f]{8} \(Let Eve in\)/) as string,
    });
  });

  it('is not refused for the merge that a forge makes to try it', async () => {
    const { checkout, commit, run, ada } = signedCheckout();
    commit('More memory', { [ALPHA]: record('6Gi') }, ada);
    git(checkout, 'checkout', '-q', '--detach', 'main');
    git(checkout, 'merge', '-q', '--no-ff', '-m', 'Merge change into main', 'change');

    expect(await run('verify', '--base', 'main')).toMatchObject({ code: 0 });
  });

  it('is proposed with a signature where a listed key is named, and else not at all', async () => {
    const { folder, checkout, run, ada } = signedCheckout();
    writeFileSync(join(checkout, ALPHA), record('6Gi'));
    const propose = ['propose', '--title', 'More memory', '--branch', 'proposals/more'];
    expect(await run(...propose)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/which is not signed[^]*nothing was pushed/) as string,
    });
    const signed = await run(...propose, '--signing-key', ada.file);
    expect(signed.code, signed.output).toBe(0);
    const file = join(folder, 'allowed');
    writeFileSync(file, `ada@example.com ${ada.publicKey}\n`);
    git(join(folder, 'remote'), '-c', `gpg.ssh.allowedSignersFile=${file}`, 'verify-commit', 'proposals/more');
  });

  it.each([
    [['--signing-key', 'missing'], /The signing key .*missing can't be read/],
    [['--signing-key', 'k', '--signing-gpg-key', 'A'.repeat(40)], /not both/],
    [['--signing-gpg-key', 'A'.repeat(40)], /together/],
    [['--signing-gpg-key', 'ada', '--signing-gpg-home', '.'], /is a fingerprint/],
  ])('is not proposed with %j', async (how, words) => {
    const { run } = signedCheckout();
    await expect(run('propose', '--title', 'x', ...how)).rejects.toThrow(words);
  });
});
