import { expect, it } from 'vitest';
import { recipientIssue } from '../../../constructs/schema/age-recipient.ts';
import { readRepo } from '../../../constructs/repo/index.ts';
import { renderUnit } from '../../../constructs/repo/render-unit.ts';
import { verifyRepo } from '../../../constructs/repo/verify-repo.ts';
import { filesOf, RECIPIENT } from './fixture.ts';

const OTHER = 'age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg';
const YUBIKEY = 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t';
const PASSAGE = `- ${RECIPIENT}`;

it.each([
  ['as age-keygen makes it', OTHER, undefined],
  ['of a plugin', YUBIKEY, '"age1yubikey", which needs a plugin'],
  ['with a character mistyped', OTHER.replace('lggy', 'lggx'), 'checksum'],
  ['cut off', OTHER.slice(0, -1), 'checksum'],
])('a recipient %s', (_, recipient, says) => {
  if (says === undefined) expect(recipientIssue(recipient)).toBeUndefined();
  else expect(recipientIssue(recipient)).toContain(says);
});

it('a recipient that nothing can be sealed for is refused at its line, and holds no bot (setting any key failed later)', () => {
  const files = filesOf('bot-a').edit('claworc.yaml', PASSAGE, `${PASSAGE}\n    - ${YUBIKEY}`).synth();

  const [problem, ...others] = verifyRepo(files);

  const line =
    files
      .text('claworc.yaml')
      .split('\n')
      .findIndex((text) => text.includes(YUBIKEY)) + 1;
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    file: 'claworc.yaml',
    line,
    field: 'spec.recipients[1]',
    severity: 'error',
    unit: null,
  });
  expect(renderUnit(readRepo(files), 'bot-a').ok).toBe(true);
});

it('a recipient that no key is sealed for yet is told at its line as a warning', () => {
  const files = filesOf('bot-a')
    .key('global', 'OPENAI_API_KEY')
    .edit('claworc.yaml', PASSAGE, `${PASSAGE}\n    - ${OTHER}`)
    .synth();

  const told = verifyRepo(files).filter(({ file }) => file === 'claworc.yaml');

  expect(told).toMatchObject([{ severity: 'warning', field: 'spec.recipients[1]' }]);
  expect(told[0]?.message).toContain('is new');
});
