import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
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
    const folder = join(workspace, 'instances-repo');
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
        PATH: process.env.PATH,
        HOME: workspace,
        BASE: 'main',
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: temp,
        GITHUB_STEP_SUMMARY: summary,
      };
      const { status, stderr } = spawnSync('bash', ['-e', '-c', step], { cwd: ROOT, env, encoding: 'utf8' });
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

  it('of GitLab and Gitea call the shell script with its two words', () => {
    const gitlab = parse(readFileSync(join(ROOT, 'examples/gitlab/.gitlab-ci.yml'), 'utf8')) as Record<
      string,
      { script?: string[] }
    >;
    const scripts = [
      ...(gitlab.check?.script ?? []),
      ...(gitlab.apply?.script ?? []),
      ...stepsOf('examples/gitea/claworc.yaml'),
    ];
    const calls = scripts.flatMap((script) => [...script.matchAll(/claworc-ci\.sh (\w+)/g)].map((match) => match[1]));

    expect(calls).toEqual(['check', 'apply', 'check', 'apply']);
  });
});
