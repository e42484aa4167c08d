import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkoutOf } from '../server/cli/checkout.ts';
import { git } from '../support/person-git.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SCRIPT = join(ROOT, 'examples/shell/claworc-ci.sh');

/** A clone on a branch of its own, of a repository with two bots, and what a pipeline says there. */
async function pipeline() {
  const checkout = checkoutOf(2);
  await checkout.synth();
  const { folder } = checkout;
  const remote = join(dirname(folder), 'remote.git');
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
  git(folder, 'clone', '-q', '--bare', folder, remote);
  git(folder, 'remote', 'add', 'origin', remote);
  git(folder, 'fetch', '-q', 'origin');
  git(folder, 'checkout', '-q', '-b', 'mine');
  const commit = (path: string, from: string, to: string) => {
    checkout.put(path, checkout.read(path).replace(from, to));
    git(folder, 'add', path);
    git(folder, 'commit', '-q', '-m', 'change');
  };
  const run = (env: Record<string, string>, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('sh', [SCRIPT, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: dirname(folder),
        CLAWORC: `${process.execPath} ${join(ROOT, 'bin/claworc.js')}`,
        GIT_AUTHOR_NAME: 'CI',
        GIT_AUTHOR_EMAIL: 'ci@example.com',
        GIT_COMMITTER_NAME: 'CI',
        GIT_COMMITTER_EMAIL: 'ci@example.com',
        ...env,
      },
    });
    return { status, output: `${stdout}${stderr}` };
  };
  const effect = () => readFileSync(join(folder, 'effect.md'), 'utf8');
  return { ...checkout, remote, commit, run, effect };
}

const RECORD = 'instances/bot-0001.yaml';

describe('the pipeline in shell', () => {
  it('prints the exact command where a record is not rendered; having run it, the change passes and is told', async () => {
    const { folder, commit, run, effect } = await pipeline();
    commit(RECORD, 'spec:', 'spec:\n  state: stopped');

    const refused = run({}, 'check', 'origin/main');
    expect(refused.status).toBe(1);
    const command = /^ {2}(claworc synth && .*) && git push$/m.exec(refused.output)?.[1] ?? '';
    const claworc = `claworc() { "${process.execPath}" "${join(ROOT, 'bin/claworc.js')}" "$@"; }`;
    git(folder, 'config', 'user.name', 'Grace');
    git(folder, 'config', 'user.email', 'grace@example.com');
    execFileSync('sh', ['-c', `${claworc}; ${command}`], { cwd: folder });

    expect(run({}, 'check', 'origin/main')).toMatchObject({ status: 0 });
    expect(effect()).toContain('### 1 bot stops');
  });

  it('commits and pushes the rendering where it is told to', async () => {
    const { remote, commit, run, effect } = await pipeline();
    commit(RECORD, 'spec:', 'spec:\n  state: stopped');

    expect(run({ RENDER: 'commit', BRANCH: 'mine' }, 'check', 'origin/main')).toMatchObject({ status: 0 });

    expect(git(remote, 'show', 'mine:dist/bot-0001/deployment.yaml')).toContain('replicas: 0');
    expect(git(remote, 'log', '--format=%an %s', 'main..mine')).toBe('CI Render\nGrace change\n');
    expect(effect()).toContain('**bot-0001**: The bot stops');
  });

  it('fails with a report for a change that is wrong, and writes no effect', async () => {
    const { folder, commit, run } = await pipeline();
    commit(RECORD, 'clawd: 5Gi', 'clawd: 5GB');

    const { status } = run({ FORMAT: 'junit', REPORT: 'report.xml' }, 'check', 'origin/main');

    expect(status).toBe(1);
    expect(existsSync(join(folder, 'effect.md'))).toBe(false);
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toMatch(
      /<failure message="line \d+: spec\.storage\.clawd/,
    );
  });

  it('installs a packed file only with the digest that was asked for', async () => {
    const { folder, run } = await pipeline();
    writeFileSync(join(folder, 'package.json'), '{"name":"packed","version":"1.0.0","bin":"run.js"}');
    writeFileSync(join(folder, 'run.js'), '#!/usr/bin/env node\n');
    execFileSync('tar', ['-czf', 'p.tgz', '--transform', 's,^,package/,', 'package.json', 'run.js'], { cwd: folder });
    const right = createHash('sha256')
      .update(readFileSync(join(folder, 'p.tgz')))
      .digest('hex');
    const wanted = {
      CLAWORC_PACKAGE: 'p.tgz',
      npm_config_prefix: join(folder, 'prefix'),
      npm_config_cache: join(folder, 'npm'),
    };

    expect(
      run({ ...wanted, CLAWORC_SHA256: right.replace(/^./, (first) => (first === '0' ? '1' : '0')) }, 'install').status,
    ).not.toBe(0);
    expect(existsSync(join(folder, 'prefix'))).toBe(false);
    expect(run({ ...wanted, CLAWORC_SHA256: right }, 'install')).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, 'prefix/bin/packed'))).toBe(true);
  });

  it('explains wrong usage', async () => {
    const { run } = await pipeline();

    expect(run({}, 'chek').status).toBe(2);
    expect(run({}, 'check').output).toContain('the branch that the change goes to');
  });
});
