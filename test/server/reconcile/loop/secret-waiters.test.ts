import { expect, test } from 'vitest';
import type { UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { createSecretWaiters } from '../../../../server/reconcile/loop/secret-waiters.ts';
import { RepoFixture } from '../repo-fixture.ts';

const outcome = (state: UnitOutcome['state'], isMissing: boolean): UnitOutcome => ({
  unit: 'bot-alpha',
  state,
  reason: '',
  results: [
    {
      kind: 'Deployment',
      name: 'bot-alpha',
      result: isMissing ? 'waiting' : 'created',
      reason: '',
      fields: [],
      corrected: false,
      conflicts: [],
      isMissing,
    },
  ],
  warnings: [],
  wrote: false,
  retryable: false,
});

test('a bot that waits for Secrets goes on, once, when the last of them is seen in the cluster', async () => {
  const repo = (await RepoFixture.create('claworc')).record('bot-alpha');
  await repo.key('global', 'OPENAI_API_KEY', 'sk-1');
  await repo.key('global', 'BRAVE_API_KEY', 'sk-2');
  const desired = desiredUnit(repo.synth().repo, 'bot-alpha');
  const there = new Set<string>();
  const waiters = createSecretWaiters((kind, name) => kind === 'Secret' && there.has(name));

  waiters.note(desired, outcome('waiting', true));
  there.add('claworc-openai-api-key');
  const early = waiters.release();
  there.add('claworc-brave-api-key');

  expect(early).toEqual([]);
  expect([waiters.release(), waiters.release()]).toEqual([['bot-alpha'], []]);
});

test('a bot that has its Secrets, or waits for something else, is not looked at for them', async () => {
  const repo = (await RepoFixture.create('claworc')).record('bot-alpha');
  const desired = desiredUnit(repo.synth().repo, 'bot-alpha');
  const waiters = createSecretWaiters(() => true);

  waiters.note(desired, outcome('waiting', true));
  waiters.note(desired, outcome('done', false));

  expect(waiters.release()).toEqual([]);
});
