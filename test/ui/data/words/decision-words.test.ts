import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { decisionWord, proposalIn } from '../../../../ui/src/data/words/decision-words.ts';

const SERVICES = resolve(import.meta.dirname, '../../../../server/services');

/** Actions as they are written down: `action: 'close'`, or the third argument of a note about a proposal. */
const actionsIn = (source: string): string[] => [
  ...[...source.matchAll(/\baction: '([a-z-]+)',\n\s+(?:subject|detail|editId)/g)].map(([, action = '']) => action),
  ...[...source.matchAll(/\bnote\(\s*context,\s*(?:row\.)?number,\s*'([a-z-]+)'/g)].map(([, action = '']) => action),
];

it('has a word for every decision that is written down (a row once said "propose")', () => {
  const actions = readdirSync(SERVICES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => actionsIn(readFileSync(join(SERVICES, file), 'utf8')));
  expect(new Set(actions)).toContain('propose');
  expect(new Set(actions)).toContain('accept-cluster');
  // Edits are told by their commits.
  const untold = actions.filter((action) => action !== 'edit' && !/^[A-Z]/.test(decisionWord(action)));
  expect(untold).toEqual([]);
});

it('finds the proposal that a sentence names', () => {
  expect(proposalIn('Merge proposal 12 as pull request 3 of GitHub: More memory')).toEqual({
    number: 12,
    from: 6,
    to: 17,
  });
  expect(proposalIn('Change the proposal of Bot 7')).toBeUndefined();
});
