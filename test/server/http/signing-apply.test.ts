import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { newTombstone } from '../../../constructs/new-documents.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { createSigner } from '../../../server/git/signing/open-signer.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { applyOnce, planOnce } from '../../../server/services/commands/one-shot.ts';
import { MANAGED_RESOURCES } from '../../../server/cluster/resources.ts';
import { startMemoryApiServer } from '../../support/api-server/server.ts';
import { git } from '../../support/person-git.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { makeKey, type TestKey } from '../git/signing/fixture.ts';
import { startTestServer } from '../running-server.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const ALPHA = 'instances/bot-alpha.yaml';

test('what no listed key signed is neither applied nor pruned, by a plan, its file, apply and the loop, and a signed commit on top is enough', async () => {
  await using cluster = await startMemoryApiServer();
  const namespace = 'claworc';
  const kubeconfig = join(tempFolder(), 'kubeconfig');
  const config = {
    clusters: [{ name: 'lab', cluster: { server: cluster.connection.server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'lab', user: { token: 'x' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const [own, ada] = [makeKey(tempFolder(), 'own'), makeKey(tempFolder(), 'ada')];
  await using server = await startTestServer({
    writeTimeoutMs: PATIENCE_MS,
    signer: createSigner({ kind: 'ssh', file: own.file }),
    connectCluster: clusterConnector({ kubeconfig, env: {} }),
  });
  const repo = join(server.data, 'instances.git');
  const once = {
    ...{ repo, kubeconfig, clock: systemClock, version: '0', log: silentLog, env: {} },
    identity: { file: join(server.data, 'age-identity.txt'), isNamed: false },
    signal: new AbortController().signal,
  };
  const push = (work: (checkout: string) => void, by?: TestKey): string => {
    const checkout = join(tempFolder(), 'checkout');
    git(server.data, 'clone', '-q', repo, checkout);
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
  const image = (bot: string): unknown => {
    const live = cluster.store.find({ resource: MANAGED_RESOURCES.Deployment, namespace, name: bot });
    return /"image":"([^"]*)"/.exec(JSON.stringify(live))?.[1];
  };
  const uids = (): readonly string[] =>
    cluster.store
      .objects()
      .filter(({ kind }) => kind in MANAGED_RESOURCES)
      .map(({ kind, metadata }) => `${kind}/${metadata.name}=${metadata.uid}`)
      .sort();
  const until = (bot: string, wanted: Record<string, unknown>): Promise<void> =>
    vi.waitFor(async () => {
      const { body } = await server.call('GET', `instances/${bot}`);
      expect(body).toMatchObject(wanted);
    }, PATIENCE);
  const heldBy = (words: RegExp) => ({ sync: 'failed', sync_reason: expect.stringMatching(words) as string });

  for (const name of ['Bot Alpha', 'Bot Beta']) {
    await server.call('POST', 'instances', { display_name: name, image: 'fixture/bot:1' });
  }
  push((checkout) => {
    const lines = [`ada ${ada.publicKey}`, `claworc ${own.publicKey}`].map((line) => `        - ${line}\n`).join('');
    const rule = `  policy:\n    signedCommits:\n      required: true\n      allowedSigners:\n${lines}`;
    appendFileSync(join(checkout, 'claworc.yaml'), rule);
  });
  await vi.waitFor(async () => {
    expect((await server.call('GET', 'settings')).body).toMatchObject({ signing: { required: true } });
  }, PATIENCE);
  for (const bot of ['bot-alpha', 'bot-beta']) await until(bot, { sync: 'applied' });
  const [before, was] = [uids(), image('bot-alpha')];
  const { file: planned } = await planOnce(once);

  // Changed and removed by somebody who signs nothing.
  push((checkout) => {
    edit(ALPHA, /image: .*/, 'image: evil/bot:1')(checkout);
    for (const path of ['instances/bot-beta.yaml', 'dist/bot-beta']) rmSync(join(checkout, path), { recursive: true });
    const grave = newTombstone('bot-beta', 'destroy', '2026-11-22T10:00:00Z', 'Eve');
    mkdirSync(join(checkout, 'tombstones'));
    writeFileSync(join(checkout, 'tombstones/bot-beta.yaml'), writeRecord(grave));
  });
  for (const bot of ['bot-alpha', 'bot-beta']) await until(bot, heldBy(/which is not signed/));
  const { plan } = await planOnce(once);
  const units = new Map(plan.units.map((each) => [each.unit, each]));
  for (const bot of ['bot-alpha', 'bot-beta']) expect(JSON.stringify(units.get(bot))).toMatch(/which is not signed/);
  const applied = await applyOnce(once);
  expect(applied.units.flatMap(({ results }) => results).filter(({ result }) => result !== 'unchanged')).toEqual(
    expect.not.arrayContaining([expect.objectContaining({ result: 'pruned' })]),
  );
  expect((await applyOnce(once, planned)).refused).toMatch(/not what was planned/);
  expect([uids(), image('bot-alpha'), image('bot-beta')]).toEqual([before, was, was]);

  // A claworc.yaml of nobody: no plan of anything, and the loop goes on with what was there.
  push(edit('claworc.yaml', /required: true/, 'required: false'));
  await vi.waitFor(async () => {
    expect((await server.call('GET', 'fleet')).text).toMatch(/claworc\.yaml[^}]*which is not signed/);
  }, PATIENCE);
  const blind = await applyOnce(once).catch((error: unknown) => error);
  expect(JSON.stringify(blind instanceof Error ? blind.message : (blind as { units: unknown }).units)).toMatch(
    /which is not signed/,
  );
  expect([uids(), image('bot-alpha')]).toEqual([before, was]);

  // Ada puts all of it right, on top; nothing is started anew.
  push((checkout) => {
    edit('claworc.yaml', /required: false/, 'required: true')(checkout);
    edit(ALPHA, /image: evil\/bot:1/, 'image: fixture/bot:2')(checkout);
    git(checkout, 'rm', '-q', 'tombstones/bot-beta.yaml');
    git(checkout, 'checkout', '-q', 'HEAD~2', '--', 'instances/bot-beta.yaml', 'dist/bot-beta');
    appendFileSync(join(checkout, 'instances/bot-beta.yaml'), '# Ada\n');
  }, ada);
  await until('bot-alpha', { sync: 'applied', image: 'fixture/bot:2' });
  await until('bot-beta', { sync: 'applied' });
  expect(image('bot-alpha')).toBe('fixture/bot:2');

  // Her key is taken away: what she signed stays, what she signs now is held.
  push(edit('claworc.yaml', / +- ada .*\n/, ''), ada);
  await vi.waitFor(async () => {
    const { signing } = (await server.call('GET', 'settings')).body as { signing: { signers: unknown[] } };
    expect(signing.signers).toHaveLength(1);
  }, PATIENCE);
  push(edit('instances/bot-beta.yaml', /# Ada/, '# Ada again'), ada);
  await until('bot-beta', heldBy(/signed by a key that is not listed/));
  await until('bot-alpha', { sync: 'applied' });
  const last = await applyOnce(once);
  expect(last.refused).toBeNull();
  expect(image('bot-alpha')).toBe('fixture/bot:2');
  expect(uids()).toEqual(before);
});
