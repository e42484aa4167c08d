import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject } from 'vitest';
import { packProgram } from '../../pack/pack-program.ts';
import { plainEnvironment } from '../acceptance/claworc-process.ts';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { git } from '../support/person-git.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
const command = () => join(inject('packed').installed, 'node_modules/.bin/claworc');

function claworc(cwd: string, ...args: string[]) {
  const env = plainEnvironment({ PATH, HOME: cwd });
  const { status, stdout, stderr } = spawnSync(command(), args, { cwd, encoding: 'utf8', env });
  return { status, stdout, stderr, output: stdout + stderr };
}

/** A clone of a new instances repo with the examples. */
function instancesRepo(namespace = 'bots') {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const checkout = join(folder, 'checkout');
  expect(claworc(folder, 'init', '--data', data, '--namespace', namespace, '--examples').status).toBe(0);
  git(folder, 'clone', '-q', join(data, 'instances.git'), checkout);
  return { folder, data, checkout };
}

test('installed below node_modules, where Node strips no types, it says its version and renders as the checkout does', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  const { checkout } = instancesRepo();
  expect(claworc(checkout, '--version').stdout.trim()).toBe(version);
  const record = join(checkout, 'instances/bot-alpha.yaml');
  writeFileSync(record, readFileSync(record, 'utf8').replace('spec:', 'spec:\n  state: stopped'));
  expect(claworc(checkout, 'synth', '--check').status).toBe(3);
  expect(claworc(checkout, 'synth').status).toBe(0);
  const bySources = execFileSync(process.execPath, [join(ROOT, 'bin/claworc.js'), 'synth', '--check'], {
    cwd: checkout,
    encoding: 'utf8',
    env: plainEnvironment({ HOME: checkout }),
  });
  expect(bySources).toContain('0 files would change');
});

test('verify and diff of the packed program judge a change', () => {
  const { checkout } = instancesRepo();
  expect(claworc(checkout, 'verify').status).toBe(0);
  git(checkout, 'checkout', '-q', '-b', 'mine');
  const record = join(checkout, 'instances/bot-alpha.yaml');
  writeFileSync(record, readFileSync(record, 'utf8').replace('spec:', 'spec:\n  state: stopped'));
  expect(claworc(checkout, 'synth').status).toBe(0);
  git(checkout, 'commit', '-q', '-am', 'Stop alpha');
  const told = claworc(checkout, 'diff', 'main...HEAD');
  expect(told.status, told.output).toBe(3);
  expect(told.stdout).toContain('bot-alpha');
});

test('the shell pipeline plans with it, and applies that plan and no other', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const { data, checkout } = instancesRepo(namespace);
  const pipeline = (...args: string[]) =>
    spawnSync('sh', [join(ROOT, 'examples/shell/claworc-ci.sh'), ...args], {
      cwd: checkout,
      encoding: 'utf8',
      env: plainEnvironment({
        PATH,
        CLAWORC: command(),
        CLAWORC_KUBECONFIG: cluster.kubeconfig,
        CLAWORC_IDENTITY: join(data, 'age-identity.txt'),
      }),
    });
  const planned = pipeline('plan');
  expect(planned.status, planned.stderr).toBe(0);
  expect(planned.stdout).toContain('bot-alpha');
  expect(readFileSync(join(checkout, 'plan.txt'), 'utf8')).toBe(planned.stdout);
  const applied = pipeline('apply');
  expect(applied.status, applied.stdout + applied.stderr).toBe(0);

  expect(pipeline('plan').status).toBe(0);
  await kubectl(['scale', 'deployment', 'bot-alpha', '-n', namespace, '--replicas=7']);
  const drifted = pipeline('apply');
  expect(drifted.status).toBe(1);
  expect(drifted.stdout + drifted.stderr).toContain('is not what was planned');
});

test('start of the packed program serves the dashboard that was packed, from a folder of its own', async () => {
  const folder = tempFolder();
  const child = spawn(command(), ['start', '--data', join(folder, 'data'), '--port', '0'], {
    cwd: folder,
    env: plainEnvironment({ PATH, HOME: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      url = /(http:\/\/\S+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    const page = await fetch(`${url}/`);
    expect(page.status).toBe(200);
    const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
    expect((await fetch(new URL(script, `${url}/`))).status).toBe(200);
    expect((await fetch(`${url}/api`)).status).toBe(200);
    expect(await (await fetch(`${url}/health`)).text()).toContain('`claworc start --kubeconfig ~/.kube/config`');
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('the same sources give the same bytes, with no path of this machine and no address of a registry in them', async () => {
  const { file } = inject('packed');
  const again = await packProgram({ root: ROOT, to: tempFolder(), env: process.env, say: () => undefined });
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  expect(digest(again)).toBe(digest(file));
  const unpacked = tempFolder();
  execFileSync('tar', ['-xzf', file, '-C', unpacked]);
  const found = spawnSync('grep', ['-rlFe', ROOT, '-e', '"resolved"', unpacked], { encoding: 'utf8' });
  expect(found.stdout).toBe('');
});

test('on a Node that is too old it says which one it needs, and not that something was to be done in a checkout', () => {
  const folder = tempFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const installed = join(inject('packed').installed, 'node_modules/claworc/bin');
  for (const name of ['claworc.js', 'hand-over.js']) copyFileSync(join(installed, name), join(bin, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  // A stand-in for an old Node: what the launcher reads of it.
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.0.0' }); await import('${join(bin, 'claworc.js')}');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', old], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('needs Node 24 or newer');
  expect(stderr).not.toContain('npm ci');
});
