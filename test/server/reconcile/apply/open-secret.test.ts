import { expect, test } from 'vitest';
import { openSecrets } from '../../../../server/reconcile/apply/open-secret.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { planUnit } from '../../../../server/reconcile/plan/plan.ts';
import { RepoFixture } from '../repo-fixture.ts';

test('a sealed key copied to another bot holds that bot alone, with its binding as the reason (it once held its owner too)', async () => {
  const repo = await RepoFixture.create('claworc');
  repo.record('bot-alpha').record('bot-beta');
  await repo.key('bot-alpha', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
  const copy = repo.text('secrets/bot-alpha/openai-api-key.yaml').replaceAll('bot-alpha', 'bot-beta');
  repo.write('secrets/bot-beta/openai-api-key.yaml', copy).synth();

  const openAll = (unit: string) => {
    const desired = desiredUnit(repo.repo, unit);
    const plan = planUnit(desired, new LiveIndex().unit(desired), {
      namespace: 'claworc',
      version: '0.1.0',
      permit: { allowed: true },
      secretsUsedElsewhere: () => new Set(),
    });
    expect(plan.state).toBe('present');
    return openSecrets(plan.actions, repo.open);
  };

  expect(await openAll('bot-alpha')).toMatchObject({ ok: true });
  expect(await openAll('bot-beta')).toEqual({
    ok: false,
    reason:
      "secrets/bot-beta/openai-api-key.yaml can't be opened: The file was not sealed as bot-beta/OPENAI_API_KEY: it was moved or copied here.",
  });
});
