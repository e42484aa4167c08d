import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createSigner } from '../../../server/git/signing/open-signer.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { backUp } from '../../../server/services/backup/back-up.ts';
import { restore } from '../../../server/services/backup/restore.ts';
import { rebuildDatabase } from '../../../server/services/commands/import.ts';
import { makeKey, type TestKey } from '../git/signing/fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const KEY = 'secrets/bot-beta/anthropic-api-key.yaml';
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 50 });

const push = (data: string, work: (checkout: string) => void, by?: TestKey): string => {
  const checkout = join(tempFolder(), 'checkout');
  git(data, 'clone', '-q', join(data, 'instances.git'), checkout);
  work(checkout);
  git(checkout, 'add', '-A');
  const signing = by === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${by.file}`];
  git(checkout, ...signing, 'commit', '-qm', 'Pushed', ...(by === undefined ? [] : ['-S']));
  git(checkout, 'push', '-q', 'origin', 'HEAD:main');
  return git(checkout, 'rev-parse', 'HEAD').trim();
};
const edit = (path: string, from: RegExp, to: string) => (checkout: string) => {
  const before = readFileSync(join(checkout, path), 'utf8');
  expect(before).toMatch(from);
  writeFileSync(join(checkout, path), before.replace(from, to));
};

/** Two bots, one with a key, on a main that demands signatures of the server and of Ada, and the good head of it. */
async function strictData(): Promise<{ data: string; ada: TestKey; start: (data: string) => Promise<TestServer> }> {
  const [own, ada] = [makeKey(tempFolder(), 'own'), makeKey(tempFolder(), 'ada')];
  const data = tempFolder();
  const start = (folder: string): Promise<TestServer> =>
    startTestServer({
      data: folder,
      writeTimeoutMs: PATIENCE_MS,
      signer: createSigner({ kind: 'ssh', file: own.file }),
    });
  await using server = await start(data);
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta', anthropic_api_key: 'sk-ant-canary-0123456789' });
  push(data, (checkout) => {
    const lines = [`ada ${ada.publicKey}`, `claworc ${own.publicKey}`].map((line) => `        - ${line}\n`);
    const policy = `  policy:\n    signedCommits:\n      required: true\n      allowedSigners:\n${lines.join('')}`;
    appendFileSync(join(checkout, 'claworc.yaml'), policy);
  });
  await until(async () =>
    expect((await server.call('GET', 'settings')).body).toMatchObject({ signing: { required: true } }),
  );
  return { data, ada, start };
}

const problems = async (server: TestServer): Promise<string> =>
  JSON.stringify((await server.call('GET', 'fleet')).body.problems);
const head = (data: string): string => git(data, '-C', 'instances.git', 'rev-parse', 'main').trim();

test('a restore to a revision that nobody signed says so, one to a signed revision frees the bot, and no unsigned key comes back', async () => {
  const { data, start } = await strictData();
  await using server = await start(data);
  const good = head(data);
  const evil = push(data, (checkout) => {
    edit(ALPHA, /displayName: .*/, 'displayName: Evil')(checkout);
    appendFileSync(join(checkout, KEY), '# touched by nobody\n');
  });
  await until(async () => expect(await problems(server)).toContain(KEY));
  const notes = async (bot: string, to: string): Promise<string> =>
    JSON.stringify((await server.call('POST', `instances/${bot}/restore/preview`, { to })).body.notes);

  expect(await notes('bot-alpha', good)).not.toContain('not signed');
  expect((await server.call('POST', 'instances/bot-alpha/restore', { to: good })).status).toBe(200);
  await until(async () => expect(await problems(server)).not.toContain(ALPHA));
  expect(await notes('bot-alpha', evil)).toMatch(
    new RegExp(`Its record of then was changed by ${evil.slice(0, 8)}, which is not signed: look at each field`),
  );
  expect((await server.call('DELETE', 'instances/bot-beta?data=retain')).status).toBe(200);
  await until(async () => expect((await server.call('GET', 'instances/bot-beta')).status).toBe(404));
  expect(await notes('bot-beta', evil)).toMatch(/key ANTHROPIC_API_KEY does not come back, as it was changed by/);
  expect(await notes('bot-beta', good)).not.toContain('does not come back');
  const back = await server.call('POST', 'instances/bot-beta/restore', { to: evil });
  expect([back.status, back.body.has_anthropic_override], back.text).toEqual([200, false]);
});

test('after `claworc import`, and after a backup and its restore, what nobody signed is held as before, and a signed commit frees it', async () => {
  const { data, ada, start } = await strictData();
  push(data, edit(ALPHA, /displayName: .*/, 'displayName: Evil'));
  const { signal } = new AbortController();
  const how = { clock: systemClock, say: () => undefined, signal };
  const [backup, other] = [join(tempFolder(), 'backup'), join(tempFolder(), 'data')];
  await backUp({ ...how, data, to: backup, recipients: [], version: '0.0.0-test' });
  await restore({ ...how, from: backup, data: other, setAside: false });
  const imported = await rebuildDatabase({
    data,
    repo: join(data, 'instances.git'),
    clock: systemClock,
    log: silentLog,
  });
  // And nothing else is wrong with it: dist/ was called edited by hand, as nobody knew what a held bot renders to.
  expect(imported.problems).toMatchObject([{ file: ALPHA, message: expect.stringMatching(/is not signed/) as string }]);

  for (const folder of [data, other]) {
    await using server = await start(folder);
    await until(async () => expect(await problems(server)).toContain('which is not signed'));
    expect((await server.call('PUT', 'instances/bot-beta', { cpu_limit: '3' })).status).toBe(200);
    expect((await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' })).status).toBe(409);
    push(folder, edit(ALPHA, /displayName: .*/, 'displayName: Ada'), ada);
    await until(async () => expect(await problems(server)).toBe('[]'));
    expect((await server.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' })).status).toBe(200);
  }
});
