import { describe, expect, test } from 'vitest';
import { outcomeData, outcomeExitCode, planData, planExitCode } from '../../../server/reconcile/once/report.ts';
import { formatPlan } from '../../../server/reconcile/once/words.ts';
import { startPolicy, startWebhook } from './admission-fixture.ts';
import { Cluster, hasPlane, told } from './cluster-fixture.ts';

describe.skipIf(!hasPlane)('what others own beside us, on a real API server', () => {
  test('a variable that main drops goes, with one new template, though kubectl applied and edited the same files', async () => {
    await using cluster = await Cluster.create();
    const { repo } = cluster;
    repo.record('bot-alpha', { env: { OLD: '1', EDITED: '1', KEPT: '1' } }).synth();
    await cluster.apply();
    const file = repo.text('dist/bot-alpha/deployment.yaml');
    await cluster.kubectlInput(file, 'apply', '--server-side', '-f', '-');
    await cluster.kubectl('set', 'env', 'deploy/bot-alpha', 'EDITED=2', 'MINE=1');
    const [before] = await cluster.objects('deploy');
    repo.record('bot-alpha', { env: { KEPT: '1' } }).synth();

    expect(told(await cluster.apply())).toContain('Deployment/bot-alpha: configured');
    const [after] = await cluster.objects('deploy');
    const names = await envNames(cluster);
    expect(names).toEqual(expect.arrayContaining(['KEPT', 'MINE']));
    expect(names).not.toEqual(expect.arrayContaining(['OLD']));
    expect(names).not.toEqual(expect.arrayContaining(['EDITED']));
    expect(after?.metadata.generation).toBe((before?.metadata.generation ?? 0) + 1);
    const writes = cluster.writes();
    expect(told(await cluster.apply())).toEqual([]);
    expect(cluster.writes()).toBe(writes);
  });

  test('a variable that main drops and another manager owns too is held, with manager and field', async () => {
    await using cluster = await Cluster.create();
    const { repo } = cluster;
    repo.record('bot-alpha', { env: { OLD: '1' } }).synth();
    await cluster.apply();
    const file = repo.text('dist/bot-alpha/deployment.yaml');
    await cluster.kubectlInput(file, 'apply', '--server-side', '--field-manager=mesh', '-f', '-');
    repo.record('bot-alpha').synth();
    const field = 'spec.template.spec.containers[name="moltbot"].env[name="OLD"]';
    expect(told(await cluster.apply()).join()).toContain(`${field} is held by mesh`);
    expect(await envNames(cluster)).toContain('OLD');
  });
});

const MOLTBOT = 'spec.template.spec.containers[name="moltbot"]';

describe.skipIf(!hasPlane)('what a real API server changes on the way in', () => {
  test('by a policy is told once and written once: a label, an image, limits, a size', async () => {
    await using cluster = await Cluster.create();
    await using _policy = await startPolicy(
      cluster,
      'object.kind == "Deployment" ? [JSONPatch{op: "add", path: "/metadata/labels/team", value: "one"}, JSONPatch{op: "replace", path: "/spec/template/spec/containers/0/image", value: "mirror.example/moltbot:1"}, JSONPatch{op: "replace", path: "/spec/template/spec/containers/0/resources/limits/cpu", value: "1"}, JSONPatch{op: "add", path: "/spec/template/spec/containers/0/resources/limits/ephemeral-storage", value: "1Gi"}] : []',
      'object.kind == "PersistentVolumeClaim" && request.operation == "CREATE" ? [JSONPatch{op: "replace", path: "/spec/resources/requests/storage", value: "20Gi"}] : []',
    );
    cluster.repo.record('bot-alpha').synth();

    const results = told(await cluster.apply());
    expect(results.find((line) => line.startsWith('Deployment'))).toMatch(
      new RegExp(
        String.raw`created \(changed on the way in by the cluster: .*image is mirror.example.*limits.cpu is 1,`,
      ),
    );
    const deployment = async () => (await cluster.objects('deploy'))[0]?.metadata;
    const before = await deployment();
    expect(before?.labels).toMatchObject({ team: 'one' });
    const plan = planData(await cluster.plan());
    expect(planExitCode(plan)).toBe(0);
    expect(formatPlan(plan).split('bot-alpha-chrome')).toHaveLength(2);
    const writes = cluster.writes();
    expect(outcomeExitCode(outcomeData(await cluster.apply()))).toBe(0);
    expect(cluster.writes()).toBe(writes);

    cluster.repo.record('bot-alpha', { env: { A: '1' } }).synth();
    await cluster.apply();
    expect(await envNames(cluster)).toContain('A');
    expect(planExitCode(planData(await cluster.plan()))).toBe(0);
    expect((await deployment())?.generation).toBe((before?.generation ?? 0) + 1);
  });

  test("by a webhook is told once and written once, and a rule makes it the cluster's", async () => {
    await using cluster = await Cluster.create();
    await using _webhook = await startWebhook(cluster, (object) =>
      object.kind === 'Deployment'
        ? [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'mirror.example/moltbot:1' }]
        : [],
    );
    const { repo } = cluster;
    repo.record('bot-alpha').synth();
    expect(told(await cluster.apply()).join('\n')).toContain(`${MOLTBOT}.image is mirror.example/moltbot:1`);
    const writes = cluster.writes();
    await cluster.apply();
    expect(cluster.writes()).toBe(writes);
    expect(formatPlan(planData(await cluster.plan()))).toContain(
      `perhaps by MutatingWebhookConfiguration webhook-${cluster.namespace})`,
    );

    const rule = `{kind: Deployment, fields: ['${MOLTBOT}.image', spec.replicas]}`;
    const policy = `spec:\n  policy:\n    leaveToCluster:\n      - ${rule}\n`;
    repo.write('claworc.yaml', repo.text('claworc.yaml').replace('spec:\n', policy));
    repo.record('bot-alpha', { image: 'ghcr.io/acme/moltbot:2', env: { A: '1' } }).synth();
    await cluster.kubectl('scale', 'deploy/bot-alpha', '--replicas=2');
    expect(outcomeExitCode(outcomeData(await cluster.apply()))).toBe(0);
    expect(formatPlan(planData(await cluster.plan()))).not.toMatch(/way in|replicas/);
    const [live] = await cluster.objects('deploy');
    expect(live?.spec).toMatchObject({ replicas: 2 });
    expect(JSON.stringify(live?.spec)).toContain('"image":"mirror.example/moltbot:1"');
    const settled = cluster.writes();
    await cluster.apply();
    expect(cluster.writes()).toBe(settled);
  });

  test('is a failure in words where it is a mark of ours, not fought, and over when the policy is', async () => {
    await using cluster = await Cluster.create();
    const key = (name: string) => `"/metadata/annotations/" + jsonpatch.escapeKey("${name}")`;
    const policy = await startPolicy(
      cluster,
      `object.kind in ["Deployment", "ConfigMap"] && "claworc.dev/unit" in object.metadata.?annotations.orValue({}) ? [JSONPatch{op: "remove", path: ${key('claworc.dev/unit')}}] : []`,
      `object.kind in ["Deployment", "ConfigMap"] && "claworc.dev/digest" in object.metadata.?annotations.orValue({}) ? [JSONPatch{op: "remove", path: ${key('claworc.dev/digest')}}] : []`,
    );
    cluster.repo.record('bot-alpha').synth();
    const outcome = outcomeData(await cluster.apply());
    expect(outcomeExitCode(outcome)).toBe(1);
    expect(outcome.units[0]?.reason).toContain("the cluster takes Claworc's marks away on the way in");
    expect(await cluster.names()).toContain('Deployment/bot-alpha');
    const writes = cluster.writes();
    await cluster.apply();
    expect(cluster.writes()).toBe(writes);

    await policy[Symbol.asyncDispose]();
    const [, again = ''] = /`kubectl ([^`]*)`/.exec(outcome.units[0]?.reason ?? '') ?? [];
    const applied = async () => {
      await cluster.kubectl(...again.replace(/-n \S+ /, '').split(' '));
      return outcomeExitCode(outcomeData(await cluster.apply()));
    };
    await expect.poll(applied, { timeout: 60_000 }).toBe(0);
    expect(planExitCode(planData(await cluster.plan()))).toBe(0);
  });
});

async function envNames(cluster: Cluster): Promise<readonly string[]> {
  const path = '{.spec.template.spec.containers[0].env[*].name}';
  return (await cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', `jsonpath=${path}`)).split(' ');
}
