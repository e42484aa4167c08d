import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { sealedKeyPath } from '../../../../constructs/sealed-secret.ts';
import { PART_OF_LABEL } from '../../../../server/reconcile/desired/stamp.ts';
import { createIdentity } from '../../../../server/secrets/identity.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { findSops } from '../../../support/programs.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { Cluster, hasPlane, plane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import type { RepoFixture } from '../repo-fixture.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../../examples/kubectl/claworc-apply.sh');

/** A checkout of the fixture's files that the sample script applies, with the real kubectl and the real sops. */
async function checkoutOf({ repo }: Cluster, identityFile: string): Promise<{ apply(step?: string): Promise<string> }> {
  if ('unavailable' in plane) throw new Error(plane.unavailable);
  const { kubeconfig, kubectlPath } = plane;
  const bin = tempFolder();
  await symlink(kubectlPath, join(bin, 'kubectl'));
  await symlink(await findSops(() => undefined), join(bin, 'sops'));
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    HOME: bin,
    KUBECONFIG: kubeconfig,
    SOPS_AGE_KEY_FILE: identityFile,
    SOPS_DISABLE_VERSION_CHECK: '1',
  };
  return {
    apply: async (step = 'all') => {
      const folder = tempFolder();
      for (const [path, bytes] of repo.files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), bytes);
      }
      const { stdout } = await promisify(execFile)('sh', [SCRIPT, step, folder], { env });
      return stdout;
    },
  };
}

/** The Secret of a sealed key as Flux sends it: opened, with `data`, and with what else its file has. */
async function openedAsFlux(repo: RepoFixture, scope: string, key: string): Promise<string> {
  const text = repo.text(sealedKeyPath(scope, key));
  const opened = await repo.open(text, { scope, key });
  if (!opened.ok) throw new Error(opened.reason);
  const { stringData: _, sops: __, ...secret } = parse(text) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ ...secret, data: { [key]: Buffer.from(opened.value).toString('base64') } });
}

const shows = (loop: Loop, expected: object, unit = 'bot-alpha'): Promise<void> =>
  vi.waitFor(() => expect(loop.unit(unit)).toMatchObject(expected), WAIT);

describe.skipIf(!hasPlane)('a fleet that changes hands on a real API server', () => {
  test('Claworc leaves it to kubectl, tells what that does and does not do, and takes it back: no pod is replaced for it', async () => {
    const identityFile = join(tempFolder(), 'age-identity.txt');
    await using cluster = await Cluster.create(await createIdentity(identityFile, { clock: systemClock }));
    const { repo } = cluster;
    const pod = (): Promise<string> =>
      cluster.kubectl('get', 'pods', '-l', 'app=bot-alpha', '-o', 'jsonpath={.items[*].metadata.uid}');
    await repo.record('bot-alpha').key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    repo.synth().commit();
    await using loop = new Loop(cluster);
    await shows(loop, { sync: 'applied', reason: '', status: 'running' });
    const checkout = await checkoutOf(cluster, identityFile);
    await expect(checkout.apply()).rejects.toMatchObject({ code: 2 });

    // Over to kubectl.
    const first = await pod();
    repo.appliedBy('external');
    loop.publish();
    await shows(loop, { sync: 'published' });
    const writes = cluster.writes();
    await checkout.apply();
    await shows(loop, { sync: 'applied', reason: 'by kubectl', status: 'running' });
    expect(await pod()).toBe(first);
    const [secret] = await cluster.objects('secret', 'app=bot-alpha');
    expect(secret?.data).toMatchObject({
      ANTHROPIC_API_KEY: Buffer.from('sk-ant-0123456789abcdef').toString('base64'),
    });

    // A value of a Secret is told without being opened: by the mark of its file, and by who wrote it last.
    const name = 'bot-alpha-anthropic-api-key';
    const byHand = '{"stringData":{"ANTHROPIC_API_KEY":"by hand"}}';
    await vi.waitFor(async () => {
      // Times are whole seconds: written in the second of the apply it could not be told who came last.
      await cluster.kubectl(
        'patch',
        'secret',
        name,
        '--field-manager=kubectl-edit',
        '-p',
        byHand.replace('hand', Date.now().toString()),
      );
      const reason = `Secret ${name}: differs in data.ANTHROPIC_API_KEY (set by kubectl-edit)`;
      expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'drifted', reason });
    }, WAIT);
    await repo.key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-fedcba9876543210');
    loop.publish();
    await vi.waitFor(() => {
      expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'published' });
      expect(loop.unit('bot-alpha')?.reason).toContain(`Secret ${name}: not applied yet: data.ANTHROPIC_API_KEY`);
    }, WAIT);
    await checkout.apply();
    await shows(loop, { sync: 'applied', reason: 'by kubectl', status: 'running' });
    const second = await vi.waitFor(async () => {
      const pods = (await pod()).split(' ');
      expect(pods).toEqual([expect.not.stringMatching(first)]);
      return pods[0];
    }, WAIT);

    // What somebody changes, and what main changes.
    const patch = '{"spec":{"revisionHistoryLimit":7}}';
    await cluster.kubectl('patch', 'deployment', 'bot-alpha', '--field-manager=kubectl-edit', '-p', patch);
    await shows(loop, {
      sync: 'drifted',
      reason: 'Deployment bot-alpha: differs in spec.revisionHistoryLimit (set by kubectl-edit)',
    });
    await checkout.apply('bots');
    await shows(loop, { sync: 'applied' });
    repo.record('bot-beta');
    loop.publish();
    await shows(loop, { sync: 'published', reason: 'not applied yet' }, 'bot-beta');
    await checkout.apply('bots');
    await shows(loop, { sync: 'applied', status: 'running' }, 'bot-beta');

    // What main removes is kubectl's to remove; volumes stay.
    repo.remove('bot-beta', 'retain');
    loop.publish();
    const waitsFor = 'still there, its applier has not removed it';
    await shows(loop, { leaving: { waitsFor, isStuck: false } }, 'bot-beta');
    await checkout.apply('bots');
    await shows(loop, { leaving: null }, 'bot-beta');
    expect(await cluster.names('app=bot-beta')).toEqual(
      ['chrome', 'clawd', 'clawdbot', 'homebrew'].map((volume) => `PersistentVolumeClaim/bot-beta-${volume}`),
    );
    expect(cluster.writes()).toBe(writes);

    // And back.
    repo.appliedBy('claworc');
    loop.publish();
    await shows(loop, { sync: 'applied', reason: '', status: 'running' });
    expect(await pod()).toBe(second);
    const id = (await cluster.objects('deployment', 'app=bot-alpha'))[0]?.metadata.labels?.[PART_OF_LABEL];
    expect(await cluster.names(`${PART_OF_LABEL}=${id}`)).toHaveLength(9);
    await expect(checkout.apply()).rejects.toMatchObject({ code: 2 });
  });

  test('a bot that another manager made is taken over without another pod, and is wholly ours once that manager is forgotten', async () => {
    await using cluster = await Cluster.create();
    const { repo } = cluster;
    await repo
      .appliedBy('external')
      .record('bot-alpha', { env: { MODE: 'day' } })
      .key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    repo.synth().commit();
    await using loop = new Loop(cluster);
    await shows(loop, { sync: 'published', reason: 'not applied yet' });
    const flux = ['--server-side', '--force-conflicts', '--field-manager=kustomize-controller', '-f', '-'];
    const files = [...repo.files.keys()].filter((path) => path.startsWith('dist/'));
    await cluster.kubectlInput(files.map((path) => repo.text(path)).join('---\n'), 'apply', ...flux);
    await shows(loop, { sync: 'published', reason: 'Secret bot-alpha-anthropic-api-key: not there: not applied yet' });
    const secret = await openedAsFlux(repo, 'bot-alpha', 'ANTHROPIC_API_KEY');
    await cluster.kubectlInput(secret, 'apply', ...flux);
    await shows(loop, { sync: 'applied', reason: 'by kustomize-controller', status: 'running' });
    const pod = (): Promise<string> =>
      cluster.kubectl('get', 'pods', '-l', 'app=bot-alpha', '-o', 'jsonpath={.items[*].metadata.uid}');
    const first = await pod();

    repo.appliedBy('claworc');
    loop.publish();

    await shows(loop, { sync: 'applied', reason: '', status: 'running' });
    expect(await pod()).toBe(first);

    // The command of docs/handover.md, without which a field that main drops would stay alive with its other owner.
    // An object that was changed meanwhile is refused, and the command is run again.
    await vi.waitFor(async () => {
      const text = await cluster.kubectl('get', KINDS, '-l', OURS, '-o', 'json', '--show-managed-fields');
      const list = JSON.parse(text) as {
        readonly items: readonly { metadata: { managedFields: { manager: string }[] } }[];
      };
      for (const { metadata } of list.items) {
        metadata.managedFields = metadata.managedFields.filter(({ manager }) => manager !== 'kustomize-controller');
      }
      await cluster.kubectlInput(JSON.stringify(list), 'replace', '-f', '-');
    }, WAIT);
    await shows(loop, { sync: 'applied', reason: '', status: 'running' });
    expect(await pod()).toBe(first);
    repo.record('bot-alpha');
    loop.publish();
    await vi.waitFor(async () => {
      const [deployment] = await cluster.objects('deployment', 'app=bot-alpha');
      expect(JSON.stringify(deployment?.spec)).not.toContain('MODE');
      expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', reason: '' });
    }, WAIT);
  });
});

const KINDS = 'deployments,services,configmaps,secrets,persistentvolumeclaims,networkpolicies';
const OURS = 'app.kubernetes.io/managed-by=claworc,app.kubernetes.io/instance';
