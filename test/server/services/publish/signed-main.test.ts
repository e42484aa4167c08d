import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { BotInstance, Fleet } from '../../../../constructs/schema/index.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { createMainReader } from '../../../../server/reconcile/desired/main-reader.ts';
import { getInstance } from '../../../../server/store/instances.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { put } from '../../git/fixture.ts';
import { makeKey, type TestKey } from '../../git/signing/fixture.ts';
import { git } from '../../../support/person-git.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';
const limits = (memory: string): Partial<BotInstance['spec']> => ({ resources: { limits: { memory } } });

const strictFleet = (...lines: string[]): string => {
  const signedCommits = { required: true, allowedSigners: lines };
  const fleet: Fleet = { ...FLEET, spec: { ...FLEET.spec, policy: { signedCommits } } };
  return writeRecord(fleet);
};

interface Strict extends House {
  readonly server: TestKey;
  readonly ada: TestKey;
  readonly verify: (commit: string) => string;
  readonly unit: (name: string) => Promise<unknown>;
}

/** Main demands signatures, of Ada and of the server where that is listed, and has two bots. */
async function strictHouse({ isListed = true, signs = true } = {}): Promise<Strict> {
  const [server, ada] = [makeKey(tempFolder(), 'server'), makeKey(tempFolder(), 'ada')];
  const house = await openHouse(signs ? { signingKey: server.file } : {});
  await put(house.repository, { 'claworc.yaml': writeRecord(FLEET) });
  house.start();
  await house.imported();
  for (const name of ['bot-alpha', 'bot-beta'])
    await house.published(editOf(`Create ${name}`, creation(recordOf(name))));
  const lines = [`ada@example.com ${ada.publicKey}`, ...(isListed ? [`claworc ${server.publicKey}`] : [])];
  house.person.push('Demand signatures', { 'claworc.yaml': strictFleet(...lines) });
  await house.imported();
  const reader = createMainReader(house.repository);
  return {
    ...house,
    server,
    ada,
    verify: (commit) => {
      const file = join(tempFolder(), 'allowed');
      writeFileSync(file, lines.join('\n'));
      return git(house.own, '-c', `gpg.ssh.allowedSignersFile=${file}`, 'verify-commit', commit);
    },
    unit: async (name) => (await reader.read())?.units.get(name),
  };
}

const heldBy = (words: RegExp) => ({ state: 'held', reason: expect.stringMatching(words) as string });

describe('a main that demands signed commits', () => {
  it('takes edits that the server signs, as git finds too, and what is rendered for a signed push', async () => {
    const house = await strictHouse();
    const mine = await house.published(
      editOf('More memory', change(house.record('bot-alpha'), withSpec(house.record('bot-alpha'), limits('6Gi')))),
    );
    house.verify(mine);

    house.person.push('By Ada', { [ALPHA]: writeRecord(recordOf('bot-alpha', limits('7Gi'))) }, house.ada.file);
    await house.caughtUp();
    house.verify('main');
    expect(git(house.own, 'log', '-1', '--format=%s', 'main').trim()).toBe('Render bot-alpha');
    expect(await house.unit('bot-alpha')).toMatchObject({ state: 'present' });
    expect(house.publisher.state()).toMatchObject({ state: 'following' });
  });

  it('holds a bot that an unsigned push changed, refuses edits that build on it, and lets the others go on', async () => {
    const house = await strictHouse();
    const before = house.record('bot-alpha');
    house.person.push('Evil', { [ALPHA]: writeRecord(withSpec(before, { image: 'evil/bot:1' })) });
    await house.imported();
    const held = heldBy(/instances\/bot-alpha\.yaml: was changed by [0-9a-f]{8}, which is not signed/);
    expect(await house.unit('bot-alpha')).toMatchObject(held);
    expect(listProblems(house.store.reader)).toMatchObject([{ file: ALPHA, unit: 'bot-alpha', severity: 'error' }]);

    // An edit that was made of what was there before is not laid on top either.
    const settled = await house.publish(editOf('More memory', change(before, withSpec(before, limits('6Gi')))));
    expect(settled).toMatchObject({ state: 'failed', detail: expect.stringMatching(/which is not signed/) as string });
    const beta = house.record('bot-beta');
    await house.published(editOf('Beta', change(beta, withSpec(beta, limits('6Gi')))));
    expect(await house.unit('bot-beta')).toMatchObject({ state: 'present' });
    expect(await house.unit('bot-alpha')).toMatchObject(held);
    // A process that knows nothing yet finds the same.
    const fresh = await createMainReader((await openAgain(house)).repository).read();
    expect(fresh?.units.get('bot-alpha')).toMatchObject(held);

    // Put back by an edit, it is as Ada and the server left it.
    const evil = house.record('bot-alpha');
    await house.published(editOf('Put it back', change(evil, before)));
    await house.caughtUp();
    expect(await house.unit('bot-alpha')).toMatchObject({ state: 'present' });
    expect(listProblems(house.store.reader)).toEqual([]);
  });

  it('removes no bot for an unsigned tombstone', async () => {
    const house = await strictHouse();
    const grave = `apiVersion: claworc.dev/v1alpha1\nkind: Tombstone\nmetadata:\n  name: bot-alpha\n  annotations:\n    config.kubernetes.io/local-config: "true"\nspec:\n  data: destroy\n  at: 2026-11-19T14:31:40Z\n  by: Eve\n`;
    house.person.push('Evil', { [ALPHA]: null, 'dist/bot-alpha': null, 'tombstones/bot-alpha.yaml': grave });
    await house.imported();

    expect(await house.unit('bot-alpha')).toMatchObject(heldBy(/which is not signed/));
    expect(await house.unit('bot-beta')).toMatchObject({ state: 'present' });
    // Its row was taken away with it: the page said that it was leaving, and it came back under another number.
    const before = getInstance(house.store.reader, 'bot-alpha');
    expect(before?.record).not.toBeNull();

    house.person.push(
      'Put back',
      { [ALPHA]: `${writeRecord(before?.record ?? recordOf('bot-alpha'))}# Ada\n`, 'tombstones/bot-alpha.yaml': null },
      house.ada.file,
    );
    await house.caughtUp();
    expect(await house.unit('bot-alpha')).toMatchObject({ state: 'present' });
    expect(getInstance(house.store.reader, 'bot-alpha')?.id).toBe(before?.id);

    house.person.push('By Ada', { [ALPHA]: null, 'tombstones/bot-alpha.yaml': grave }, house.ada.file);
    await house.caughtUp();
    expect(getInstance(house.store.reader, 'bot-alpha')).toBeUndefined();
  });

  it('goes on being applied as it was where claworc.yaml itself is unsigned, and waits with edits until it is signed', async () => {
    const house = await strictHouse();
    const good = git(house.own, 'rev-parse', 'main').trim();
    const loose = writeRecord({ ...FLEET, spec: { ...FLEET.spec, image: 'evil/bot:1' } });
    house.person.push('Loosen', { 'claworc.yaml': loose, [ALPHA]: writeRecord(recordOf('bot-alpha', limits('9Gi'))) });
    await house.imported();
    const wanted = await createMainReader(house.repository).read();
    expect(wanted).toMatchObject({ commit: good, behind: expect.stringMatching(/which is not signed/) as string });

    const beta = house.record('bot-beta');
    const edit = editOf('Beta', change(beta, withSpec(beta, limits('6Gi'))));
    house.publisher.submit(edit);
    await vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ state: 'unsigned' }), {
      timeout: PATIENCE_MS,
    });
    expect(await house.publisher.settled(edit.id, 0)).toEqual({ state: 'pending' });

    const lines = [`ada@example.com ${house.ada.publicKey}`, `claworc ${house.server.publicKey}`];
    house.person.push('By Ada', { 'claworc.yaml': `${strictFleet(...lines)}# mended\n` }, house.ada.file);
    expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
    expect(await house.unit('bot-alpha')).toMatchObject(heldBy(/which is not signed/));
    expect(await house.unit('bot-beta')).toMatchObject({ state: 'present' });
  });

  it.each([
    [{ isListed: false }, /signed by a key that is not listed .*public key listed/],
    [{ signs: false }, /is not signed\. Start it with --signing-key/],
  ])('waits with edits where the server can’t sign: %o', async (how, words) => {
    const house = await strictHouse(how);
    const beta = house.record('bot-beta');
    const edit = editOf('Beta', change(beta, withSpec(beta, limits('6Gi'))));
    house.publisher.submit(edit);
    await vi.waitFor(
      () =>
        expect(house.publisher.state()).toMatchObject({
          state: 'unsigned',
          detail: expect.stringMatching(words) as string,
        }),
      { timeout: PATIENCE_MS },
    );
    expect(await house.publisher.settled(edit.id, 0)).toEqual({ state: 'pending' });

    const lines = [`ada ${house.ada.publicKey}`];
    house.person.push(
      'Free',
      { 'claworc.yaml': strictFleet(...lines).replace('required: true', 'required: false') },
      house.ada.file,
    );
    expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
  });

  it('waits while the key of the server can’t be read, names no place of it but the file, and goes on by itself', async () => {
    const house = await strictHouse();
    chmodSync(house.server.file, 0o644);
    const beta = house.record('bot-beta');
    const edit = editOf('Beta', change(beta, withSpec(beta, limits('6Gi'))));
    house.publisher.submit(edit);
    await vi.waitFor(
      () => expect(house.publisher.state()).toMatchObject({ detail: expect.stringMatching(/chmod 600/) as string }),
      { timeout: PATIENCE_MS },
    );
    chmodSync(house.server.file, 0o600);
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, PATIENCE_MS)).toMatchObject({ state: 'published' });
  });
});

async function openAgain(house: House) {
  const { openRepository } = await import('../../../../server/git/repository.ts');
  const { silentLog } = await import('../../../../server/lib/log.ts');
  return { repository: await openRepository({ folder: house.own, log: silentLog }) };
}
