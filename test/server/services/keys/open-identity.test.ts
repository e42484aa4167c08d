import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFleet } from '../../../../constructs/new-documents.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { openIdentity, recipientsOnMain } from '../../../../server/services/keys/open-identity.ts';
import { makeIdentity, NOW, temporaryFolder } from '../../secrets/fixtures.ts';

const common = { clock: { now: () => NOW }, log: silentLog };
const [other = ''] = (await makeIdentity()).recipients;

test.each([
  ['that names a recipient', [other], other],
  ['that cannot be read', [], "claworc.yaml on main can't be read"],
])(
  'beside a claworc.yaml %s no identity is made (a new one once took the place of a lost one)',
  async (_, recipients, says) => {
    await using folder = await temporaryFolder();

    const found = await openIdentity(join(folder.path, 'id.txt'), {
      isNamed: false,
      mayCreate: true,
      recipients,
      ...common,
    });

    expect(found.opened).toBeNull();
    expect(found.trouble).toContain(says);
    expect(found.trouble).not.toContain(folder.path);
    expect(await readdir(folder.path)).toEqual([]);
  },
);

test('an identity that none of the recipients belongs to is used and told', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'id.txt');
  const made = await openIdentity(file, { isNamed: false, mayCreate: true, recipients: null, ...common });
  const own = made.opened?.identity.recipients ?? [];

  const strange = await openIdentity(file, { isNamed: false, mayCreate: true, recipients: [other], ...common });
  const fitting = await openIdentity(file, { isNamed: false, mayCreate: true, recipients: [other, ...own], ...common });

  expect([made.opened?.isNew, made.trouble]).toEqual([true, null]);
  expect([strange.opened?.isNew, strange.opened?.identity.recipients]).toEqual([false, own]);
  expect(strange.trouble).toContain(`is that of ${own.join()}, and claworc.yaml names ${other}`);
  expect([fitting.opened?.isNew, fitting.trouble]).toEqual([false, null]);
});

test.each([
  ['before the first commit', null, null, null],
  ['of a claworc.yaml that names nobody', 'c', writeRecord(newFleet({ recipients: [] })), null],
  ['of a claworc.yaml that names some', 'c', writeRecord(newFleet({ recipients: [other] })), [other]],
  ['of a broken claworc.yaml', 'c', 'kind: Fleet\n', []],
  ['of a commit without a claworc.yaml', 'c', null, []],
])('recipients %s', async (_, head, text, expected) => {
  const repository = {
    head: () => Promise.resolve(head),
    readFile: () => Promise.resolve(text === null ? null : Buffer.from(text)),
  };

  expect(await recipientsOnMain(repository)).toEqual(expected);
});
