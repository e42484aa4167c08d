import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedBy } from '../../../server/forge/webhook.ts';

const SECRET = 'a-secret-of-the-forge';
const BODY = Buffer.from('{"ref":"refs/heads/main"}');
const hmac = (body: Buffer, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('hex');

describe('the signature of a webhook', () => {
  it.each([
    ['github', { 'x-hub-signature-256': `sha256=${hmac(BODY)}` }],
    ['gitea', { 'x-gitea-signature': hmac(BODY), 'x-hub-signature-256': `sha256=${hmac(BODY)}` }],
    ['gitea', { 'x-forgejo-signature': hmac(BODY) }],
    ['gitlab', { 'x-gitlab-token': SECRET }],
  ])('of %s is told by its header', (forge, headers) => {
    expect(signedBy(headers, BODY, SECRET)).toBe(forge);
  });

  it.each([
    ['none', {}],
    ['of another secret', { 'x-hub-signature-256': `sha256=${hmac(BODY, 'another')}` }],
    ['of another body', { 'x-hub-signature-256': `sha256=${hmac(Buffer.from('{}'))}` }],
    ['without its name', { 'x-hub-signature-256': hmac(BODY) }],
    ['that came twice', { 'x-gitea-signature': [hmac(BODY), hmac(BODY)] }],
    ['of an old kind', { 'x-hub-signature': `sha1=${createHmac('sha1', SECRET).update(BODY).digest('hex')}` }],
    ['cut short', { 'x-gitea-signature': hmac(BODY).slice(0, 10) }],
    ['as a token', { 'x-gitlab-token': hmac(BODY) }],
    ['empty', { 'x-gitlab-token': '' }],
  ])('is wrong: %s', (_what, headers) => {
    expect(signedBy(headers, BODY, SECRET)).toBeNull();
  });

  it('is never right without a secret', () => {
    expect(signedBy({ 'x-gitlab-token': '' }, BODY, '')).toBeNull();
    expect(signedBy({ 'x-gitea-signature': hmac(BODY, '') }, BODY, '')).toBeNull();
  });
});
