import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ForgeReview } from '../../../../server/forge/forge.ts';
import type { Membership } from '../../../../server/forge/membership.ts';
import { missingApprovals, ownersCheck } from '../../../../server/services/proposals/owner-approvals.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { propose, startHub, until } from './hub.ts';

const CHANGES = [{ field: 'spec.policy.maxPerBot', owners: ['@Ada', '@acme/platform'] }];
const HEAD = 'a'.repeat(40);
const review = (by: string, more: Partial<ForgeReview> = {}): ForgeReview => ({
  by,
  state: 'approved',
  at: null,
  commit: HEAD,
  ...more,
});
const missing = (...reviews: readonly ForgeReview[]): string =>
  missingApprovals(CHANGES, HEAD, { author: 'eve', reviews, members: [] });

describe('an approval by an owner', () => {
  test('counts for the commit that it was given to, whatever the case of the name', () => {
    expect(missing(review('ada'))).toBe('');
  });

  test.each([
    ['of nobody', []],
    ['of somebody else', [review('bob')]],
    ['of an older commit', [review('ada', { commit: 'b'.repeat(40) })]],
    ['that asks for changes', [review('ada', { state: 'changes_requested' })]],
    ['by the author', [review('eve')]],
    ['by a team of that name', [review('acme/platform')]],
  ])('%s counts for nothing', (_, reviews) => {
    expect(
      missingApprovals([{ field: 'f', owners: ['@ada', '@eve', '@acme/platform'] }], HEAD, {
        ...{ author: 'eve', reviews, members: [] },
      }),
    ).toContain('f needs one of @ada, @eve, @acme/platform');
  });

  test('is needed for each rule, and what a forge alone knows is said', () => {
    const all = [...CHANGES, { field: 'spec.publish', owners: ['@acme/platform', 'bob@example.com'] }];

    const members = [{ team: '@acme/platform', login: 'ada', is: 'unknown' }] as const;
    const words = missingApprovals(all, HEAD, { author: 'eve', reviews: [review('ada')], members });

    expect(words).not.toContain('maxPerBot');
    expect(words).toMatch(
      /spec\.publish needs one of @acme\/platform, bob@example\.com\. Whether @ada, .* is in @acme\/platform can't be known/,
    );
    expect(missing(review('ada', { commit: null }))).toContain('does not tell which commit was approved');
  });

  test('counts by a member of a team, of the commit that it was given to', () => {
    const changes = [{ field: 'f', owners: ['@acme/platform', 'bob@example.com'] }];
    const words = (is: Membership, more: Partial<ForgeReview> = {}): string =>
      missingApprovals(changes, HEAD, {
        ...{ author: 'eve', reviews: [review('ada', more)] },
        members: [{ team: '@acme/platform', login: 'ada', is }],
      });

    expect(words('member')).toBe('');
    expect(words('none')).toMatch(/missing: f needs one of @acme\/platform, bob@example\.com\.$/);
    expect(words('unknown')).toContain("can't be known: the forge does not tell this token");
    expect(words('member', { commit: 'b'.repeat(40) })).toContain('is missing');
    expect(words('member', { state: 'commented' })).toContain('is missing');
  });

  test('can not be told without a forge, which keeps nobody from merging and is said', () => {
    expect(ownersCheck(CHANGES, HEAD, undefined, false)).toMatchObject({
      name: 'owners',
      state: 'waiting',
      detail: expect.stringContaining('ask them before you merge') as string,
    });
    expect(ownersCheck([], HEAD, undefined, true)).toBeUndefined();
  });
});

/** A person changes claworc.yaml on a branch of the remote. */
function changeFleet(bare: string, branch: string, change: (text: string) => string): void {
  const checkout = join(tempFolder(), 'checkout');
  git(tempFolder(), 'clone', '-q', '-b', branch, bare, checkout);
  const file = join(checkout, 'claworc.yaml');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  git(checkout, 'commit', '-qam', 'Another policy');
  git(checkout, 'push', '-q', 'origin', `HEAD:${branch}`);
}

test('a proposal that changes a rule is merged at the forge when an owner approved its last commit, and not before', async () => {
  const hub = await startHub();
  const server = await hub.start();
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  const rules = '  policy:\n    maxPerBot:\n      cpu: "8"\n    owners:\n      maxPerBot: ["@olga"]\n';
  changeFleet(hub.bare, 'main', (text) => text + rules);
  await propose(server);
  await until(server, ({ forge, behind }) => expect([forge === null, behind]).toEqual([false, 0]));
  changeFleet(hub.bare, 'proposals/more-memory', (text) => text.replace('cpu: "8"', 'cpu: "64"'));
  const asks = 'spec.policy.maxPerBot needs one of @olga';
  await until(server, (proposal) => {
    expect(proposal).toMatchObject({ may_merge: false, waits_for: expect.stringContaining(asks) as string });
    expect(proposal.checks).toContainEqual(expect.objectContaining({ name: 'owners', state: 'waiting' }));
  });
  const approve = (commit: string, user: string): void =>
    void hub.github.reviews.push({ user: { login: user }, state: 'APPROVED', commit_id: commit, submitted_at: null });
  approve(hub.there('rev-parse', 'proposals/more-memory~1'), 'olga');
  approve(hub.there('rev-parse', 'proposals/more-memory'), 'bob');

  const refused = await server.call('POST', 'proposals/1/merge');

  expect(refused.status).toBe(409);
  expect(refused.text).toContain(asks);
  approve(hub.there('rev-parse', 'proposals/more-memory'), 'olga');
  const merged = await server.call('POST', 'proposals/1/merge');
  expect([merged.status, merged.body.detail]).toEqual([200, undefined]);
  await until(server, ({ state }) => expect(state).toBe('merged'));
  expect(hub.there('show', 'main:claworc.yaml')).toContain('cpu: "64"');
});

test('a member of the team that owns a rule lets it through, once the forge tells who is in it', async () => {
  const hub = await startHub();
  const server = await hub.start();
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  const rules = '  policy:\n    maxPerBot:\n      cpu: "8"\n    owners:\n      maxPerBot: ["@acme/platform"]\n';
  changeFleet(hub.bare, 'main', (text) => text + rules);
  await propose(server);
  await until(server, ({ forge, behind }) => expect([forge === null, behind]).toEqual([false, 0]));
  changeFleet(hub.bare, 'proposals/more-memory', (text) => text.replace('cpu: "8"', 'cpu: "64"'));
  const head = hub.there('rev-parse', 'proposals/more-memory');
  await until(server, (proposal) => expect(proposal).toMatchObject({ head, may_merge: false }));
  hub.github.reviews.push({ user: { login: 'olga' }, state: 'APPROVED', commit_id: head, submitted_at: null });

  const hidden = await server.call('POST', 'proposals/1/merge');

  expect([hidden.status, hidden.text]).toEqual([409, expect.stringContaining("can't be known") as string]);
  hub.github.teams.set('acme/platform', new Set(['olga']));
  expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
  await until(server, ({ state }) => expect(state).toBe('merged'));
});
