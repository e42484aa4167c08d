import { describe, expect, test } from 'vitest';
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

async function envNames(cluster: Cluster): Promise<readonly string[]> {
  const path = '{.spec.template.spec.containers[0].env[*].name}';
  return (await cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', `jsonpath=${path}`)).split(' ');
}
