import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEvent, signedBy } from '../../../server/forge/webhook.ts';

const BODY = Buffer.from('{"ref":"refs/heads/main"}');
const HMAC = createHmac('sha256', 'hush').update(BODY).digest('hex');

describe('the signature of a webhook', () => {
  it.each([
    ['github', { 'x-hub-signature-256': `sha256=${HMAC}` }],
    ['gitea', { 'x-gitea-signature': HMAC, 'x-hub-signature-256': `sha256=${HMAC}` }],
    ['gitea', { 'x-forgejo-signature': HMAC, 'x-gitea-signature': HMAC }],
    ['gitlab', { 'x-gitlab-token': 'hush' }],
  ] as const)('tells that it is from %s', (kind, headers) => {
    expect(signedBy(headers, BODY, 'hush')).toBe(kind);
    expect(signedBy(headers, BODY, 'other')).toBeNull();
  });

  it.each([
    [{}],
    [{ 'x-hub-signature-256': '' }],
    [{ 'x-hub-signature-256': HMAC }],
    [{ 'x-hub-signature-256': `sha1=${HMAC}` }],
    [{ 'x-hub-signature-256': [`sha256=${HMAC}`] }],
    [{ 'x-gitea-signature': 'wrong', 'x-hub-signature-256': `sha256=${HMAC}` }],
    [{ 'x-gitlab-token': 'hush ' }],
  ])('is none: %j', (headers) => {
    expect(signedBy(headers, BODY, 'hush')).toBeNull();
  });

  it('is over every byte of the body, and nothing is signed with an empty secret', () => {
    const empty = createHmac('sha256', '').update(BODY).digest('hex');

    expect(
      signedBy({ 'x-hub-signature-256': `sha256=${HMAC}` }, Buffer.from(`${BODY.toString()} `), 'hush'),
    ).toBeNull();
    expect(signedBy({ 'x-hub-signature-256': `sha256=${empty}` }, BODY, '')).toBeNull();
    expect(signedBy({ 'x-gitlab-token': '' }, BODY, '')).toBeNull();
  });
});

describe('what a webhook tells', () => {
  const commit = 'a'.repeat(40);
  const github = (event: string, body: unknown) => readEvent('github', { 'x-github-event': event }, body);
  const gitea = (event: string, body: unknown) => readEvent('gitea', { 'x-gitea-event': event }, body);
  const gitlab = (event: string, body: unknown) => readEvent('gitlab', { 'x-gitlab-event': event }, body);
  const push = { kind: 'push', ref: 'refs/heads/main', commit };

  it('is a push, also one that removes a branch', () => {
    const body = { ref: 'refs/heads/main', after: commit };

    expect([github('push', body), gitea('push', body), gitlab('Push Hook', body)]).toEqual([push, push, push]);
    expect(github('push', { ...body, after: '0'.repeat(40) })).toEqual({ ...push, commit: null });
  });

  it.each([
    ['opened', 'opened', 'open'],
    ['reopened', 'opened', 'reopen'],
    ['synchronize', 'changed', 'update'],
    ['closed', 'closed', 'close'],
  ])('is a pull request that was %s', (action, change, theirs) => {
    const event = { kind: 'pull_request', number: 7, change };

    expect(github('pull_request', { action, pull_request: { number: 7, merged: false } })).toEqual(event);
    expect(gitea('pull_request', { action, number: 7, pull_request: { number: 7 } })).toEqual(event);
    expect(gitlab('Merge Request Hook', { object_attributes: { iid: 7, action: theirs } })).toEqual(event);
  });

  it('is a merge, which is not a mere closing', () => {
    const event = { kind: 'pull_request', number: 7, change: 'merged' };

    expect(github('pull_request', { action: 'closed', pull_request: { number: 7, merged: true } })).toEqual(event);
    expect(gitlab('Merge Request Hook', { object_attributes: { iid: 7, action: 'merge' } })).toEqual(event);
  });

  it('is a review or a check', () => {
    const review = { kind: 'review', number: 7 };
    const check = { kind: 'check', commit };

    expect(github('pull_request_review', { action: 'submitted', pull_request: { number: 7 } })).toEqual(review);
    expect(gitea('pull_request_rejected', { pull_request: { number: 7 } })).toEqual(review);
    expect(gitlab('Merge Request Hook', { object_attributes: { iid: 7, action: 'approved' } })).toEqual(review);
    expect(github('check_run', { check_run: { head_sha: commit } })).toEqual(check);
    expect(github('status', { sha: commit })).toEqual(check);
    expect(gitlab('Pipeline Hook', { object_attributes: { sha: commit } })).toEqual(check);
  });

  it('is of no interest, or no event at all', () => {
    for (const body of [null, [], 'text', { pull_request: { number: 'seven' } }, { object_attributes: [] }]) {
      expect([github('pull_request', body), github('push', body), gitlab('Merge Request Hook', body)]).toEqual([
        null,
        null,
        null,
      ]);
    }
    expect(github('star', { action: 'created' })).toBeNull();
    expect(readEvent('github', {}, {})).toBeNull();
  });
});
