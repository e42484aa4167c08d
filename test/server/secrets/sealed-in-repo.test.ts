import { randomBytes } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { keysInUse, readRepo, renderUnit } from '../../../constructs/repo/index.ts';
import { sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import { sealKey } from '../../../server/secrets/seal-key.ts';
import { fleet, Files } from '../../constructs/repo/fixture.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';

const KEY = 'ANTHROPIC_API_KEY';

describe('a key as it is sealed', () => {
  it('is taken by the reader of the repo, and rendered by reference', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const files = new Files()
      .put('claworc.yaml', writeRecord({ ...fleet, spec: { ...fleet.spec, recipients: [recipient] } }))
      .record('bot-a');
    for (const scope of ['global', 'bot-a']) {
      const text = await sealKey({
        scope,
        key: KEY,
        value: `sk-ant-api03-${'a'.repeat(80)}`,
        recipients: [recipient],
        namespace: 'claworc',
        now: 0,
        random: (size) => randomBytes(size),
      });
      files.put(sealedKeyPath(scope, KEY), text);
    }

    const repo = readRepo(files);

    expect(repo.problems).toEqual([]);
    expect(keysInUse(repo, 'bot-a')).toMatchObject([{ name: KEY, secretName: 'bot-a-anthropic-api-key' }]);
    expect(renderUnit(repo, 'bot-a').ok).toBe(true);
  });
});
