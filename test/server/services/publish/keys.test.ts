import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../../server/lib/random.ts';
import { sealKey } from '../../../../server/secrets/seal-key.ts';
import type { SealedKeyChange } from '../../../../server/store/edit.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { getSealedKey, listSealedKeys } from '../../../../server/store/sealed-keys.ts';
import { git } from '../../../support/person-git.ts';
import { change, editOf, openFurnishedHouse, RECIPIENT } from './fixture.ts';

const VALUE = 'sk-ant-a-value-that-must-be-seen-nowhere';
const KEY = 'ANTHROPIC_API_KEY';

async function sealed(scope: string): Promise<SealedKeyChange> {
  const recipients = [RECIPIENT];
  const now = Date.UTC(2026, 10, 19);
  const file = await sealKey({
    scope,
    key: KEY,
    value: VALUE,
    recipients,
    namespace: 'claworc',
    now,
    random: systemRandom,
  });
  return { kind: 'SealedKey', scope, key: KEY, next: { file, fingerprint: Buffer.from('mac'), hint: 'here' } };
}

describe('an API key', () => {
  it('of the whole fleet reaches every bot in one commit, and is nowhere in clear text', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    const edit = await sealed('global');

    const commit = await house.published(editOf('Set the key', edit));

    expect(git(house.bare, 'show', '--format=', '--name-only', commit).trim().split('\n')).toEqual([
      'dist/bot-a/configmap-config.yaml',
      'dist/bot-a/deployment.yaml',
      'dist/bot-b/configmap-config.yaml',
      'dist/bot-b/deployment.yaml',
      'secrets/global/anthropic-api-key.yaml',
    ]);
    expect(getSealedKey(house.store.reader, 'global', KEY)).toMatchObject({
      file: edit.next?.file,
      hint: 'here',
      commit,
    });
    expect(house.onMain('dist/bot-a/deployment.yaml')).toContain('claworc-anthropic-api-key');
    for (const file of ['claworc.db', 'claworc.db-wal']) {
      expect(readFileSync(join(house.folder, 'data', file)).includes(VALUE)).toBe(false);
    }
  });

  it('of one bot overrides it there, and goes with the bot', async () => {
    const house = await openFurnishedHouse('bot-a', 'bot-b');
    await house.published(editOf('Global', await sealed('global')));

    const commit = await house.published(editOf('Override', await sealed('bot-a')));

    expect(git(house.bare, 'show', '--format=', '--name-only', commit).trim().split('\n')).toEqual([
      'dist/bot-a/deployment.yaml',
      'secrets/bot-a/anthropic-api-key.yaml',
    ]);
    expect(house.onMain('dist/bot-a/deployment.yaml')).toContain('bot-a-anthropic-api-key');
    await house.published(editOf('Delete', change(house.record('bot-a'), null)));
    expect(git(house.bare, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('secrets/bot-a');
    expect(listSealedKeys(house.store.reader).map(({ scope }) => scope)).toEqual(['global']);
  });

  it('that is taken away leaves git, the database and every rendering', async () => {
    const house = await openFurnishedHouse('bot-a');
    await house.published(editOf('Set', await sealed('global')));

    await house.published(editOf('Take away', { kind: 'SealedKey', scope: 'global', key: KEY, next: null }));

    expect(listSealedKeys(house.store.reader)).toEqual([]);
    expect(house.onMain('dist/bot-a/deployment.yaml')).not.toContain('anthropic-api-key');
    expect(house.onMain('secrets/global/anthropic-api-key.yaml')).toBeUndefined();
  });

  it('that somebody pushed is taken over without a hint, and its rendering follows', async () => {
    const house = await openFurnishedHouse('bot-a');
    const { next } = await sealed('global');

    const pushed = house.person.push('Seal', { 'secrets/global/anthropic-api-key.yaml': next?.file ?? '' });
    await house.caughtUp();

    expect(getSealedKey(house.store.reader, 'global', KEY)).toMatchObject({
      fingerprint: null,
      hint: '',
      commit: pushed,
    });
    expect(git(house.bare, 'log', '-1', '--format=%s').trim()).toBe('Render bot-a');
  });

  it('that is broken on main keeps the last one in the database and is a problem', async () => {
    const house = await openFurnishedHouse('bot-a');
    await house.published(editOf('Set', await sealed('global')));

    house.person.push('Break', { 'secrets/global/anthropic-api-key.yaml': 'kind: Secret\nstringData: {A: clear}\n' });
    await house.imported();

    expect(listProblems(house.store.reader, 'fleet')).not.toEqual([]);
    expect(listSealedKeys(house.store.reader)).toHaveLength(1);
    expect(house.onMain('dist/bot-a/deployment.yaml')).toContain('claworc-anthropic-api-key');
  });
});
