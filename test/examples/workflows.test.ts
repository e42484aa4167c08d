import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkoutOf } from '../server/cli/checkout.ts';
import { git } from '../support/person-git.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

const stepsOf = (path: string): readonly string[] => {
  const { jobs } = parse(readFileSync(join(ROOT, path), 'utf8')) as Workflow;
  return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
};

describe('the workflows for forges', () => {
  it('of GitHub verify a pull request under the policy of its base, and tell what it does, by the very commands in it', async () => {
    const checkout = checkoutOf(2);
    await checkout.synth();
    const workspace = dirname(checkout.folder);
    const folder = join(workspace, 'workspace');
    const bin = join(workspace, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'claworc'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/claworc.js" "$@"\n`, {
      mode: 0o755,
    });
    git(checkout.folder, 'init', '-q', '-b', 'main');
    git(checkout.folder, 'add', '-A');
    git(checkout.folder, 'commit', '-q', '-m', 'first');
    git(workspace, 'clone', '-q', checkout.folder, folder);
    checkout.put(
      'instances/bot-0001.yaml',
      checkout.read('instances/bot-0001.yaml').replace('spec:', 'spec:\n  state: stopped'),
    );
    await checkout.synth();
    git(checkout.folder, 'checkout', '-q', '-b', 'mine');
    git(checkout.folder, 'commit', '-q', '-a', '-m', 'stop');
    git(folder, 'fetch', '-q', 'origin');
    git(folder, 'checkout', '-q', 'origin/mine');
    const temp = join(workspace, 'temp');
    mkdirSync(temp);
    const summary = join(temp, 'summary.md');
    const steps = stepsOf('examples/github/claworc.yaml').filter((step) => step.includes('$BASE'));

    expect(steps).toHaveLength(2);
    for (const step of steps) {
      const env = {
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        HOME: workspace,
        BASE: 'main',
        RUNNER_TEMP: temp,
        GITHUB_STEP_SUMMARY: summary,
      };
      const { status, stderr } = spawnSync('bash', ['-e', '-c', step], { cwd: folder, env, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    expect(readFileSync(summary, 'utf8')).toContain('### 1 bot stops');
  });

  it.each(['examples/gitea/claworc.yaml', 'examples/github/claworc.yaml'])(
    'of %s hold no expression inside a script, where a name of others would be run',
    (path) => {
      for (const step of stepsOf(path)) expect(step).not.toContain('${{');
    },
  );

  it('of GitHub apply the very file that was planned, in a job that a reviewer holds back', () => {
    const { jobs } = parse(readFileSync(join(ROOT, 'examples/github/claworc.yaml'), 'utf8')) as {
      readonly jobs: Record<string, { readonly needs?: string; readonly environment?: string }>;
    };
    const steps = stepsOf('examples/github/claworc.yaml').filter((step) => step.includes('plan.json'));
    expect(steps.map((step) => /claworc (\w+ --\w+) "\$RUNNER_TEMP\/plan\.json"/.exec(step)?.[1])).toEqual([
      'plan --out',
      'apply --plan',
    ]);
    expect(jobs.apply).toMatchObject({ needs: 'plan', environment: 'production' });
    expect(jobs.plan).toMatchObject({ environment: 'production-plan' });
  });

  it('of GitLab and Gitea install, check, plan, and apply what was planned, by the shell script', () => {
    const gitlab = parse(readFileSync(join(ROOT, 'examples/gitlab/.gitlab-ci.yml'), 'utf8')) as Record<
      string,
      { script?: string[]; before_script?: string[] }
    >;
    const callsOf = (scripts: readonly string[]) =>
      scripts.flatMap((script) => [...script.matchAll(/\bsh \S*claworc-ci\.sh (\w+)/g)].map((match) => match[1]));
    const ofGitlab = [
      ...(gitlab.default?.before_script ?? []),
      ...(gitlab.check?.script ?? []),
      ...(gitlab.plan?.script ?? []),
      ...(gitlab.apply?.script ?? []),
    ];

    expect(callsOf(ofGitlab)).toEqual(['install', 'check', 'plan', 'apply']);
    expect(callsOf(stepsOf('examples/gitea/claworc.yaml'))).toEqual(['install', 'check', 'install', 'plan', 'apply']);
  });
});
