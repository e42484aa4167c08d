import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createSigner } from '../../../server/git/signing/open-signer.ts';
import { makeKey, type TestKey } from '../git/signing/fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 50 });

/** A server that signs, with a bot, on a main that demands signatures of the server and of Ada. */
async function strictServer(writeTimeoutMs = PATIENCE_MS) {
  const [own, ada] = [makeKey(tempFolder(), 'own'), makeKey(tempFolder(), 'ada')];
  const server = await startTestServer({
    writeTimeoutMs,
    signer: createSigner({ kind: 'ssh', file: own.file }),
  });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await until(async () => expect((await server.call('GET', 'fleet')).body).toMatchObject({ drafts: 0 }));
  const push = pusher(server);
  push('main', (checkout) => {
    const lines = [`ada@example.com ${ada.publicKey}`, `claworc ${own.publicKey}`].map((line) => `        - ${line}\n`);
    const policy = `  policy:\n    signedCommits:\n      required: true\n      allowedSigners:\n${lines.join('')}`;
    appendFileSync(join(checkout, 'claworc.yaml'), policy);
  });
  await until(async () =>
    expect((await server.call('GET', 'settings')).body).toMatchObject({ signing: { required: true } }),
  );
  return { server, own, ada, push };
}

const pusher =
  ({ data }: TestServer) =>
  (branch: string, work: (checkout: string) => void, key?: TestKey): string => {
    const checkout = join(tempFolder(), 'checkout');
    git(data, 'clone', '-q', join(data, 'instances.git'), checkout);
    work(checkout);
    git(checkout, 'add', '-A');
    const signing = key === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key.file}`];
    git(checkout, ...signing, 'commit', '-qm', 'Pushed', ...(key === undefined ? [] : ['-S']));
    git(checkout, 'push', '-q', 'origin', `HEAD:${branch}`);
    return git(checkout, 'rev-parse', 'HEAD').trim();
  };

const renamed =
  (name: string) =>
  (checkout: string): void => {
    const file = join(checkout, ALPHA);
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/displayName: .*/, `displayName: ${name}`);
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
  };

test('history, activity, a commit and the settings say who signed what', async () => {
  const { server, own, ada, push } = await strictServer();
  await using _ = server;
  await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
  const byAda = push('main', renamed('Five'), ada);
  const signatures = async (path: string) =>
    ((await server.call('GET', path)).body as unknown as { signature: { words: string } | null }[]).map(
      ({ signature }) => signature?.words,
    );
  await until(async () =>
    expect(await signatures('instances/bot-alpha/history')).toContain('signed by ada@example.com'),
  );
  const unsigned = push('main', renamed('Six'));
  await until(async () => expect((await signatures('instances/bot-alpha/history'))[0]).toBe('not signed'));

  expect(await signatures('instances/bot-alpha/history')).toEqual(
    expect.arrayContaining(['not signed', 'signed by ada@example.com', 'signed by claworc']),
  );
  expect(await signatures('activity')).toEqual(await signatures('activity?limit=50'));
  expect((await server.call('GET', `commits/${byAda}`)).body.signature).toEqual({
    state: 'good',
    words: 'signed by ada@example.com',
  });
  expect((await server.call('GET', `commits/${unsigned}`)).body.signature).toEqual({
    state: 'unsigned',
    words: 'not signed',
  });
  const { signing } = (await server.call('GET', 'settings')).body as {
    signing: { own_key: string; signers: object[] };
  };
  expect(signing.signers).toContainEqual(expect.objectContaining({ name: 'claworc', key: signing.own_key }));
  const secret = readFileSync(own.file, 'utf8').split('\n')[2] ?? '';
  for (const path of ['settings', 'fleet', 'health', 'git']) {
    const { text } = await server.call('GET', path);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(own.file);
  }
  expect(JSON.stringify(server.lines)).not.toContain(secret);
});

test('a branch with an unsigned commit is not merged, and one that is signed is, by a signed merge', async () => {
  const { server, own, ada, push } = await strictServer();
  await using _ = server;
  push('unsigned', renamed('Five'));
  push('signed', renamed('Six'), ada);
  const find = async (branch: string) => {
    const all = (await server.call('GET', 'proposals')).body as unknown as { number: number; branch: string }[];
    return all.find((each) => each.branch === branch)?.number;
  };
  await until(async () => expect([await find('unsigned'), await find('signed')]).not.toContain(undefined));

  const refused = await server.call('POST', `proposals/${await find('unsigned')}/merge`);
  expect(refused.status).toBe(409);
  expect(refused.text).toMatch(/which is not signed/);
  const merged = await server.call('POST', `proposals/${await find('signed')}/merge`);
  expect(merged.status, merged.text).toBe(200);
  const bare = join(server.data, 'instances.git');
  const file = join(tempFolder(), 'allowed');
  writeFileSync(file, `claworc ${own.publicKey}\n`);
  git(bare, '-c', `gpg.ssh.allowedSignersFile=${file}`, 'verify-commit', 'main');
  expect(git(bare, 'log', '-1', '--format=%P', 'main').trim().split(' ')).toHaveLength(2);
});

test('a server that can’t sign says so in health, names no folder there, and keeps edits as drafts', async () => {
  const { server, own } = await strictServer(1_000);
  await using _ = server;
  writeFileSync(own.file, 'no key at all');
  const saved = await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
  expect([200, 202]).toContain(saved.status);
  await until(async () => {
    const { body } = await server.call('GET', 'health');
    expect(body.git).toMatch(/can not sign: The signing key <signing key> holds no private key/);
  });
  expect((await server.call('GET', 'fleet')).body).toMatchObject({ git: { state: 'unsigned' }, drafts: 1 });
});
