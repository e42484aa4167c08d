import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dearmour, isOneSignature, signedMessage } from './openpgp.ts';
import { runGpg } from './run-gpg.ts';

export interface DetachedSignature {
  readonly payload: Buffer;
  /** Armoured. */
  readonly signature: string;
}

/** What gpg says of a signature. */
export type GpgFinding =
  | {
      readonly state: 'good';
      /** Of the whole key, in hexadecimal. */
      readonly fingerprint: string;
      /** Whom the key names. */
      readonly name: string;
      /** Milliseconds since 1970: when the key ended, where it has by now. */
      readonly validBefore?: number;
    }
  /** By a key that is not among those that were given. */
  | { readonly state: 'unlisted'; readonly fingerprint: string }
  | { readonly state: 'revoked'; readonly name: string }
  | { readonly state: 'bad' }
  /** It could not be checked, in words. */
  | { readonly state: 'unknown'; readonly why: string };

/** Signatures of one run of gpg. */
const BATCH = 1_000;

/**
 * Judges signatures by these armoured public keys and no others, in a home that is made for it and removed again; one
 * process for up to a thousand of them. In the order that they were given.
 */
export async function verifyByGpg(
  signatures: readonly DetachedSignature[],
  keys: readonly string[],
  temp: string,
): Promise<readonly GpgFinding[]> {
  const folder = await mkdtemp(join(temp, 'claworc-gpg-'));
  try {
    // Without it a newer gpg has a daemon keep its keys.
    await writeFile(join(folder, 'common.conf'), '');
    const isolated = ['--no-autostart', '--no-batch', '--trust-model', 'always'];
    const imported = await runGpg(folder, [...isolated, '--import'], Buffer.from(keys.join('\n')));
    if (imported.exitCode === -1) {
      return signatures.map(() => ({ state: 'unknown', why: 'gpg is not installed here' }));
    }
    const findings: GpgFinding[] = [];
    for (let at = 0; at < signatures.length; at += BATCH) {
      findings.push(...(await verifyBatch(signatures.slice(at, at + BATCH), folder, isolated)));
    }
    return findings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verifyBatch(
  signatures: readonly DetachedSignature[],
  folder: string,
  options: readonly string[],
): Promise<readonly GpgFinding[]> {
  const findings: GpgFinding[] = signatures.map(() => ({ state: 'bad' }));
  const files: string[] = [];
  for (const [index, { payload, signature }] of signatures.entries()) {
    const bytes = dearmour(signature, 'SIGNATURE');
    if (bytes === undefined || !isOneSignature(bytes)) continue;
    const file = join(folder, `message-${index}`);
    await writeFile(file, signedMessage(bytes, payload));
    files.push(file);
  }
  if (files.length === 0) return findings;
  const { status } = await runGpg(folder, [...options, '--multifile', '--verify', '--', ...files]);
  let current: string[] = [];
  for (const line of status) {
    const index = /^FILE_START \d+ .*message-(\d+)$/.exec(line)?.[1];
    if (index !== undefined) current = [`#${index}`];
    else if (!line.startsWith('FILE_DONE')) current.push(line);
    else findings[Number(current[0]?.slice(1))] = findingOf(current);
  }
  await Promise.all(files.map((file) => rm(file)));
  return findings;
}

function findingOf(lines: readonly string[]): GpgFinding {
  const word = (name: string): readonly string[] | undefined =>
    lines
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .slice(1);
  if (lines.filter((line) => line.startsWith('NEWSIG')).length !== 1) return { state: 'bad' };
  const wrong = word('ERRSIG');
  if (wrong !== undefined) {
    // 9: the key is not there.
    const fingerprint = wrong[6] === undefined || wrong[6] === '-' ? (wrong[0] ?? '') : wrong[6];
    return wrong[5] === '9'
      ? { state: 'unlisted', fingerprint }
      : { state: 'unknown', why: 'gpg can’t check its kind' };
  }
  const valid = word('VALIDSIG');
  const [, ...name] = word('GOODSIG') ?? word('EXPKEYSIG') ?? word('REVKEYSIG') ?? [];
  if (word('REVKEYSIG') !== undefined) return { state: 'revoked', name: name.join(' ') };
  const isGood = word('GOODSIG') !== undefined || word('EXPKEYSIG') !== undefined;
  if (valid === undefined || !isGood) return { state: 'bad' };
  const ended = word('EXPKEYSIG') === undefined ? undefined : Number(word('KEYEXPIRED')?.[0] ?? '0') * 1000;
  return {
    state: 'good',
    fingerprint: valid[9] ?? valid[0] ?? '',
    name: name.join(' '),
    ...(ended === undefined ? {} : { validBefore: ended }),
  };
}

/** Another text where other keys are given. */
export function keysDigest(keys: readonly string[]): string {
  return createHash('sha256').update(keys.join('\n')).digest('hex');
}
