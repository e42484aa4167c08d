import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { systemRandom } from '../../../server/lib/random.ts';
import { AgeIdentity, recipientOf } from '../../../server/secrets/identity.ts';
import { sealKey, type SealRequest } from '../../../server/secrets/seal-key.ts';

export const NOW = Date.parse('2026-11-22T10:20:30.456Z');

export async function makeIdentity(): Promise<AgeIdentity> {
  const secret = await generateX25519Identity();
  return new AgeIdentity([secret], [await identityToRecipient(secret)]);
}

/** Seals `sk-ant-0123456789abcdef` as global/ANTHROPIC_API_KEY for `identity`, or what `changes` says. */
export function seal(identity: AgeIdentity, changes: Partial<SealRequest> = {}): Promise<string> {
  return sealKey({
    scope: 'global',
    key: 'ANTHROPIC_API_KEY',
    value: 'sk-ant-0123456789abcdef',
    recipients: [recipientOf(identity)],
    namespace: 'claworc',
    now: NOW,
    random: systemRandom,
    ...changes,
  });
}

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'claworc-secrets-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
