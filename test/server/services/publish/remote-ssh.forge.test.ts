import { readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi, type TestContext } from 'vitest';
import { ProgramUnavailable } from '../../../control-plane/unavailable.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { startSshd, type Sshd } from '../../../support/sshd/sshd.ts';
import { creation, editOf, FLEET, openHouse, recordOf, type House } from './fixture.ts';

const START = (): Parameters<House['publish']>[0] =>
  editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));
const trouble = (house: House, kind: string) =>
  vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ state: 'remote', trouble: kind }), {
    timeout: PATIENCE_MS,
  });

/** A house whose remote is behind a real sshd; skipped where there is none. */
async function served(
  { skip }: TestContext,
  keyOf: (sshd: Sshd) => string = ({ keyFile }) => keyFile,
): Promise<{ readonly house: House; readonly sshd: Sshd; readonly folder: string }> {
  const sshd = await startSshd().catch((error: unknown) => {
    if (!(error instanceof ProgramUnavailable) || process.env.CI === 'true') throw error;
    return skip(error.message);
  });
  onTestFinished(() => sshd.stop());
  const { folder, url } = await sshd.createRepository('bots');
  const access = { sshKey: keyOf(sshd), knownHosts: sshd.knownHostsFile };
  return { house: await openHouse({ remote: { folder, url, access } }), sshd, folder };
}

describe('main on a remote over ssh', () => {
  it('is published to and imported from', async (context) => {
    const { house } = await served(context);
    house.start();
    await house.published(START());
    const text = house.person.read('instances/bot-a.yaml').replace('displayName: bot-a', 'displayName: Anna');
    house.person.push('Rename', { 'instances/bot-a.yaml': text });

    await vi.waitFor(() => expect(house.record('bot-a').spec.displayName).toBe('Anna'), { timeout: PATIENCE_MS });
  });

  it('says that a key is not let in, and goes on when the file holds the right one', async (context) => {
    const { house, sshd } = await served(context, ({ strangerKeyFile }) => strangerKeyFile);
    house.start();
    const edit = START();
    house.publisher.submit(edit);
    await trouble(house, 'unauthorized');
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });

    writeFileSync(sshd.strangerKeyFile, readFileSync(sshd.keyFile));
    writeFileSync(`${sshd.strangerKeyFile}.pub`, readFileSync(`${sshd.keyFile}.pub`));
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
  });

  it('gives a host with another key than the known one nothing, and says so', async (context) => {
    const { house, sshd, folder } = await served(context);
    house.start();
    await house.published(START());
    const before = readFileSync(join(folder, 'refs/heads/main'), 'utf8');
    await sshd.changeHostKey();
    const edit = editOf('Add', creation(recordOf('bot-b')));
    house.publisher.submit(edit);
    await trouble(house, 'unknown_host');

    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
    expect(readFileSync(join(folder, 'refs/heads/main'), 'utf8')).toBe(before);
  });

  it('that gives and does not take is told with its words, and the edit waits', async (context) => {
    const { house, folder } = await served(context);
    house.start();
    await house.published(START());
    const hook = join(folder, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "This deploy key is read-only" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    const edit = editOf('Add', creation(recordOf('bot-b')));
    house.publisher.submit(edit);
    await vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ state: 'remote' }), {
      timeout: PATIENCE_MS,
    });

    expect(JSON.stringify(house.publisher.state())).toContain('This deploy key is read-only');
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
  });
});
