import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { makeIdentity, temporaryFolder, type TemporaryFolder } from '../secrets/fixtures.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const KEY_FILE = 'main:secrets/global/openai-api-key.yaml';
let server: TestServer;
let checkout: TemporaryFolder;
let own: string;
let added: string;

const bare = (): string => join(server.data, 'instances.git');
const setKey = (value: string) => server.call('PUT', 'settings', { openai_api_key: value });
const sealedFor = (): (string | undefined)[] =>
  [...git(bare(), 'show', KEY_FILE).matchAll(/recipient: (\S+)/g)].map(([, recipient]) => recipient).sort();

/** Somebody else's commit, merged to main. */
async function push(edit: (fleet: string) => string): Promise<void> {
  const file = join(checkout.path, 'claworc.yaml');
  git(checkout.path, 'pull', '-q', bare(), 'main');
  await writeFile(file, edit(await readFile(file, 'utf8')));
  git(checkout.path, 'commit', '-qam', 'Recipients');
  git(checkout.path, 'push', '-q', bare(), 'HEAD:main');
  const head = git(checkout.path, 'rev-parse', 'HEAD').trim();
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(head), {
    timeout: PATIENCE_MS,
  });
}

beforeAll(async () => {
  server = await startTestServer();
  checkout = await temporaryFolder();
  own = server.running.context.identity?.identity.recipients[0] ?? '';
  [added = ''] = (await makeIdentity()).recipients;
  git(checkout.path, 'init', '-q', '-b', 'main');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await checkout[Symbol.asyncDispose]();
});

test('a recipient that a merged commit adds gets no key before a person accepts it (it once got every key, silently)', async () => {
  await push((fleet) => fleet.replace(`- ${own}`, `- ${own}\n    - ${added}`));

  expect((await setKey('sk-0123456789-0123456789')).status).toBe(200);

  expect(sealedFor()).toEqual([own]);
  const { problems } = (await server.call('GET', 'fleet')).body;
  expect(problems?.[0]).toMatchObject({ file: 'claworc.yaml' });
  expect(problems?.[0]?.message).toContain(`names ${added}, which nobody accepted here`);
  const { recipients, recipients_accepted } = (await server.call('GET', 'settings')).body;
  expect([recipients, recipients_accepted]).toEqual([[own, added], [own]]);
});

test('other recipients than those that main names now are not accepted', async () => {
  const refused = await server.call('POST', 'settings/recipients/accept', { recipients: [own] });

  expect([refused.status, refused.body.code, refused.body.field]).toEqual([409, 'conflict', 'recipients']);
});

test('once a person accepted them, keys are sealed for all of them, and that is remembered with their name', async () => {
  const accepted = await server.call('POST', 'settings/recipients/accept', { recipients: [own, added] });

  expect(accepted.body.recipients_accepted).toEqual([own, added].sort());
  expect((await server.call('GET', 'fleet')).body.problems?.map(({ file }) => file)).not.toContain('claworc.yaml');
  await setKey('sk-9876543210-9876543210');
  expect(sealedFor()).toEqual([own, added].sort());
});

test('where a commit puts a stranger in the place of all recipients, setting a key is refused with what to do', async () => {
  const [stranger = ''] = (await makeIdentity()).recipients;
  await push((fleet) => fleet.replace(`    - ${own}\n`, '').replace(added, stranger));

  const refused = await setKey('sk-5555555555-5555555555');

  expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
  expect(refused.text).toContain('until a person accepts the recipients under Settings');
  expect(sealedFor()).toEqual([own, added].sort());
});
