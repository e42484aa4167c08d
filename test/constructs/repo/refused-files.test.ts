import { expect, it } from 'vitest';
import { readRepo } from '../../../constructs/repo/read-repo.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import { filesOf } from './fixture.ts';

const refused = (path: string) => withRefused(readRepo(filesOf('bot-z')), [{ path, reason: 'is a symbolic link' }]);

it.each([
  ['instances/bot-a.yaml', 'bot-a'],
  ['dist/bot-a/deployment.yaml', 'bot-a'],
  ['dist/bot-a/', 'bot-a'],
  ['secrets/bot-a/some-key.yaml', 'bot-a'],
  ['secrets/global/some-key.yaml', 'fleet'],
  ['claworc.yaml', 'fleet'],
  ['instances/', null],
  ['dist/', null],
  ['dist/README', null],
])('%s that was not read is a problem of %s', (path, unit) => {
  expect(refused(path).problems).toMatchObject([
    { file: path, unit, severity: 'error', message: 'is a symbolic link' },
  ]);
});

it('a record that was not read may still be there, so that its bot has not left', () => {
  expect([...refused('instances/bot-a.yaml').claimed]).toEqual(['bot-a']);
  expect([...refused('instances/').claimed]).toEqual([]);
});

it('a key that was not read is waited for, and not taken for one that is not there', () => {
  expect([...refused('secrets/global/some-key.yaml').brokenKeys]).toEqual(['global/some-key']);
});
