import { expect, test } from 'vitest';
import { whyNoScreen } from '../../../../server/services/cluster/screens.ts';

test('a screen that does not open is explained by the status of the bot, and by nothing where it runs', () => {
  const unit = { status: 'error', statusReason: 'Node lab does not answer' } as const;
  expect(whyNoScreen(unit)).toBe('No screen now: Node lab does not answer.');
  expect(whyNoScreen({ status: 'creating', statusReason: 'Container is being made' })).toBe(
    'No screen yet: Container is being made.',
  );
  expect(whyNoScreen({ status: 'running', statusReason: '' })).toBeUndefined();
  expect(whyNoScreen(undefined)).toBeUndefined();
});
