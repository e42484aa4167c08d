import { expect, test } from 'vitest';
import { whyNoLines, whySilent } from '../../../../ui/src/data/words/log-words.ts';

test('a log without lines says why none comes, as far as the status of the bot tells', () => {
  expect(whyNoLines({ status: 'error', status_reason: 'Image tag not found' })).toBe(
    'The bot has not written anything yet: Image tag not found.',
  );
  expect(whyNoLines({ status: 'stopped', status_reason: 'x' })).toBe('The bot is stopped.');
  expect(whyNoLines({ status: 'running', status_reason: '' })).toBe('The bot has not written anything yet.');
});

test('a log is not live while the node of its bot does not answer', () => {
  const lost = { status: 'error', status_reason: 'Node lab does not answer' } as const;
  expect(whySilent(lost, { status_repair: 'node' })).toBe('Node lab does not answer');
  expect(whySilent({ status: 'error', status_reason: 'Crash loop' }, { status_repair: 'log' })).toBeUndefined();
  expect(whySilent({ status: 'running', status_reason: '' }, { status_repair: 'node' })).toBeUndefined();
  expect(whySilent(lost, undefined)).toBeUndefined();
});
