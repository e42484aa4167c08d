import { describe, expect, test } from 'vitest';
import { planData } from '../../../../../server/reconcile/once/report.ts';
import { formatPlan } from '../../../../../server/reconcile/once/words.ts';
import { MemoryCluster } from '../../memory-cluster.ts';

async function applied(...bots: readonly string[]): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.create();
  for (const bot of bots) cluster.repo.record(bot);
  cluster.repo.synth().commit();
  await cluster.apply();
  return cluster;
}

const told = async (cluster: MemoryCluster) => {
  const data = planData(await cluster.plan());
  const effects = data.units.flatMap(({ objects }) =>
    objects.filter(({ action }) => action !== 'unchanged').map(({ kind, effect }) => `${kind} ${effect}`),
  );
  return { words: data.effect.words, effects, data };
};

const moltbot = (part: Readonly<Record<string, unknown>>) => ({
  spec: { template: { spec: { containers: [{ name: 'moltbot', ...part }] } } },
});

describe('the effect of a plan on the bots', () => {
  test('is nothing where nothing is written', async () => {
    await using cluster = await applied('bot-alpha');
    expect(await told(cluster)).toMatchObject({ words: '', effects: [] });
    expect(formatPlan((await told(cluster)).data)).not.toContain('Effect');
  });

  test('of new bots says what they ask for', async () => {
    await using cluster = await MemoryCluster.create();
    cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
    const { words, data } = await told(cluster);
    expect(words).toMatch(/^2 bots are created; CPU 0 → \S+; memory 0 → \S+; volumes 0 → \S+; bots 0 → 2$/);
    expect(formatPlan(data)).toContain(`Effect: ${words}.`);
    expect(data.units.map((unit) => unit.words)).toEqual(['is created', 'is created', '']);
  });

  test('counts who restarts, stops and leaves with the data kept', async () => {
    await using cluster = await applied('bot-alpha', 'bot-beta', 'bot-gamma');
    cluster.repo
      .record('bot-alpha', { image: 'registry.example/bot:2' })
      .record('bot-beta', { state: 'stopped' })
      .remove('bot-gamma', 'retain')
      .synth()
      .commit();
    const { words, effects } = await told(cluster);
    expect(words).toContain('1 bot is removed, its data stays, 1 restarts, 1 stops; CPU ');
    expect(effects).toEqual(
      expect.arrayContaining(['Deployment restart', 'Deployment outage', 'PersistentVolumeClaim none']),
    );
  });

  test('of a removal with its data says that it is destroyed', async () => {
    await using cluster = await applied('bot-alpha');
    cluster.repo.remove('bot-alpha', 'destroy').synth().commit();
    const { words, effects } = await told(cluster);
    expect(words).toMatch(/^1 bot is removed with its data; .*volumes \S+ → 0/);
    expect(effects).toContain('PersistentVolumeClaim destroys_data');
  });

  test('of drift: a bot scaled up by hand does not restart, one whose variable was changed does', async () => {
    await using cluster = await applied('bot-alpha');
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 2 } });
    expect(await told(cluster)).toMatchObject({ effects: ['Deployment none'] });
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas: 0 } });
    expect((await told(cluster)).words).toContain('1 bot starts');
    await cluster.apply();
    cluster.share('Deployment', 'bot-alpha', 'kubectl', moltbot({ workingDir: '/tmp' }));
    expect((await told(cluster)).words).toBe('');
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', {
      spec: { template: { metadata: { labels: { app: 'x' } } } },
    });
    expect(await told(cluster)).toMatchObject({ words: '1 bot restarts', effects: ['Deployment restart'] });
  });

  test('of drift: a policy or a Service put right takes effect while the bot runs, a label has none', async () => {
    await using cluster = await applied('bot-alpha');
    cluster.edit('NetworkPolicy', 'bot-alpha', 'kubectl-edit', { spec: { policyTypes: ['Egress'] } });
    cluster.edit('Service', 'bot-alpha-vnc', 'kubectl-edit', { metadata: { labels: { app: 'x' } } });
    const { words, effects } = await told(cluster);
    expect(effects.toSorted()).toEqual(['NetworkPolicy hot', 'Service none']);
    expect(words).toBe('1 bot changes without a restart');
  });

  test('leaves out what somebody else holds: an image that is held restarts nobody', async () => {
    await using cluster = await applied('bot-alpha');
    cluster.edit('Deployment', 'bot-alpha', 'updater', { spec: { replicas: 3 } });
    cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { metadata: { labels: { app: 'x' } } });
    expect(await told(cluster)).toMatchObject({
      words: '1 bot changes without a restart',
      effects: ['Deployment none'],
    });
  });
});
