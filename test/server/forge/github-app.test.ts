import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { forgeTroubleOf } from '../../../server/forge/errors.ts';
import { createAppToken } from '../../../server/forge/github-app.ts';
import { messageOf } from '../../../server/lib/errors.ts';
import { testNetwork } from './connected.ts';
import { REPOSITORY } from './github-like.ts';
import { type Asked, startLoopback } from './loopback.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

async function connected({ pem = PEM } = {}) {
  const clock = { at: Date.UTC(2026, 10, 19, 14, 0, 0), now: () => clock.at };
  let made = 0;
  const github = await startLoopback('/api/v3', ({ method, path }) => {
    if (method === 'GET' && path === `/repos/${REPOSITORY}/installation`) return { status: 200, body: { id: 42 } };
    if (method !== 'POST' || path !== '/app/installations/42/access_tokens') return { status: 404, body: {} };
    made += 1;
    return { status: 201, body: { token: `ghs_${made}`, expires_at: new Date(clock.at + 3_600_000).toISOString() } };
  });
  const place = { kind: 'github', api: `${github.url}/api/v3`, repository: REPOSITORY, title: 'acme/bots' } as const;
  const key = { pem };
  const network = testNetwork({ clock });
  const token = createAppToken({ place, app: '123', key: () => Promise.resolve(key.pem), network });
  return { clock, github, token, key };
}

function claimsOf({ headers }: Asked): { readonly isSigned: boolean; readonly claims: unknown } {
  const [head = '', claims = '', signature = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('.');
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  return { isSigned, claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as unknown };
}

describe('the token of a GitHub App', () => {
  it('is asked for with a signed claim that is ten minutes long at most', async () => {
    const { token, github, clock } = await connected();

    expect(await token()).toBe('ghs_1');

    const { isSigned, claims } = claimsOf(github.asked[0]!);
    expect(isSigned).toBe(true);
    expect(claims).toEqual({ iss: '123', iat: clock.at / 1_000 - 60, exp: clock.at / 1_000 + 540 });
  });

  it('is used until shortly before it expires, and one serves whoever asks meanwhile', async () => {
    const { token, github, clock } = await connected();

    expect(await Promise.all([token(), token(), token()])).toEqual(['ghs_1', 'ghs_1', 'ghs_1']);
    clock.at += 54 * 60_000;
    expect(await token()).toBe('ghs_1');
    expect(github.asked).toHaveLength(2);
    clock.at += 2 * 60_000;
    expect(await token()).toBe('ghs_2');
  });

  it('is asked for again after a failure, with the key as it is then', async () => {
    const { token, key } = await connected({ pem: 'nonsense with canary-key' });

    const error = await token().catch((each: unknown) => each);
    key.pem = PEM;

    expect(messageOf(error)).toContain('--forge-app-key names no RSA private key');
    expect(messageOf(error)).not.toContain('canary-key');
    expect(await token()).toBe('ghs_1');
  });

  it('says of an app that is not installed there that there is no such thing', async () => {
    const { token, github } = await connected();
    github.inject({ status: 404, body: { message: 'Not Found' } });

    expect(forgeTroubleOf(await token().catch((each: unknown) => each))).toBe('not_found');
  });
});
