import { describe, expect, it } from 'vitest';
import { forgeTroubleOf } from '../../../server/forge/errors.ts';
import { openForge } from '../../../server/forge/open-forge.ts';
import { openOrTakeOver } from '../../../server/forge/open-or-take-over.ts';
import { upsertComment } from '../../../server/forge/upsert-comment.ts';
import { testNetwork } from './connected.ts';
import { startGitLabLike } from './gitlab-like.ts';

const WISH = { head: 'proposals/memory', base: 'main', title: 'memory to 6Gi', description: 'bot-alpha restarts' };

async function connected() {
  const gitlab = await startGitLabLike();
  const place = {
    kind: 'gitlab',
    api: `${gitlab.url}/api/v4`,
    repository: 'acme/team/bots',
    title: 'gitlab.example/acme/team/bots',
  } as const;
  return { gitlab, forge: openForge(place, () => Promise.resolve('glpat-canary'), testNetwork()) };
}

describe('merge requests on GitLab', () => {
  it('are opened once, taken over the next time, and not opened without a change', async () => {
    const { forge, gitlab } = await connected();

    const outcomes = [];
    for (const title of ['one', 'one', 'two']) {
      outcomes.push((await openOrTakeOver(forge, { ...WISH, title }, '')).outcome);
    }
    gitlab.empty.add('nothing');
    outcomes.push((await openOrTakeOver(forge, { ...WISH, head: 'nothing' }, '')).outcome);

    expect(outcomes).toEqual(['opened', 'unchanged', 'updated', 'no_change']);
    expect(gitlab.requests).toMatchObject([{ iid: 1, title: 'two', source_branch: 'proposals/memory' }]);
    expect(gitlab.asked[0]?.headers['private-token']).toBe('glpat-canary');
  });

  it('that somebody opened in the same moment are taken over', async () => {
    const { forge, gitlab } = await connected();
    gitlab.inject(
      () => {
        gitlab.add({ source_branch: WISH.head });
        return { status: 200, body: [] };
      },
      { when: ({ path }) => path.endsWith('/merge_requests') },
    );

    expect(await openOrTakeOver(forge, WISH, '')).toMatchObject({ outcome: 'updated', pull: { number: 1 } });
    expect(gitlab.requests).toHaveLength(1);
  });

  it('of a fork are not taken for ours', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head, source_project_id: 99 });

    expect(await openOrTakeOver(forge, WISH, '')).toMatchObject({ outcome: 'opened', pull: { number: 2 } });
  });

  it('show the checks of all pages, the approvals, and whether they may be merged', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head, detailed_merge_status: 'not_approved' });
    for (let index = 0; index < 130; index += 1) gitlab.statuses.push({ name: `job-${index}`, status: 'success' });
    gitlab.statuses.push({ name: 'lint', status: 'failed', allow_failure: true }, { name: 'plan', status: 'running' });
    gitlab.statuses.push({ name: 'verify', status: 'failed', description: '2 errors' });
    gitlab.approvals.push({ user: { username: 'bob' }, approved_at: '2026-11-19T14:31:40Z' });

    const state = await forge.read(1);

    expect(state.checks.slice(130).map(({ name, state: word }) => [name, word])).toEqual([
      ['lint', 'ok'],
      ['plan', 'waiting'],
      ['verify', 'failed'],
    ]);
    expect(state.reviews).toEqual([{ by: 'bob', state: 'approved', at: '2026-11-19T14:31:40Z', commit: null }]);
    expect(state.mayMerge).toBe('no');
  });

  it.each([
    ['after the push of the head', true, '2026-11-19T14:31:40Z', 'a'.repeat(40)],
    ['before it, and not taken back yet', true, '2026-11-19T14:00:00Z', null],
    ['where no push takes it back', false, '2026-11-19T14:31:40Z', null],
    ['where the edition has no such rule', null, '2026-11-19T14:31:40Z', null],
  ])('have an approval that came %s for the head or for a commit that is not told', async (_, resets, at, commit) => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head });
    gitlab.resetsApprovals = resets;
    const push = (digit: string, time: string) => ({ head_commit_sha: digit.repeat(40), created_at: time });
    gitlab.versions.push(push('a', '2026-11-19T14:30:00.123Z'), push('b', '2026-11-19T14:20:00Z'));
    gitlab.approvals.push({ user: { username: 'bob' }, approved_at: at });

    expect((await forge.read(1)).reviews).toEqual([{ by: 'bob', state: 'approved', at, commit }]);
  });

  it('are read without approvals where the edition has none', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head });
    gitlab.inject(
      { status: 404, body: { error: '404 Not Found' } },
      { when: ({ path }) => path.endsWith('/approvals') },
    );

    expect((await forge.read(1)).reviews).toEqual([]);
  });

  it('are merged at the commit that was reviewed and at no other, and closed', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: 'a', sha: 'b'.repeat(40) });
    gitlab.add({ source_branch: 'c' });

    const moved = await forge.merge(1, { method: 'squash', commit: 'a'.repeat(40) });
    const merged = await forge.merge(1, { method: 'squash', commit: 'b'.repeat(40) });
    const again = await forge.merge(1, { method: 'squash', commit: 'b'.repeat(40) });
    await forge.close(2);

    expect(moved).toMatchObject({ outcome: 'moved', words: expect.stringContaining('SHA does not match') as string });
    expect(merged).toEqual({ outcome: 'merged', commit: 'e'.repeat(40) });
    expect(again).toMatchObject({ outcome: 'refused', words: '405 Method Not Allowed' });
    expect([(await forge.read(1)).state, (await forge.read(2)).state]).toEqual(['merged', 'closed']);
  });

  it('that are open for main are listed over all pages, those of forks as such', async () => {
    const { forge, gitlab } = await connected();
    for (let index = 0; index < 130; index += 1) gitlab.add({ source_branch: `change-${index}` });
    gitlab.add({ source_branch: 'theirs', source_project_id: 9 });
    gitlab.add({ source_branch: 'release', target_branch: 'v1' });

    const open = await forge.listOpen('main');
    expect(open.filter(({ isFork }) => !isFork)).toHaveLength(130);
    expect(open.filter(({ isFork }) => isFork)).toMatchObject([{ head: { branch: 'theirs' } }]);
  });

  it('are opened again, and squashed with the message that was given where the project wants that', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head, state: 'closed' });

    await forge.reopen(1);
    const ways = [];
    for (const option of ['never', 'always', 'default_on']) {
      gitlab.squashOption = option;
      ways.push(await forge.allowedMethods());
    }
    await forge.merge(1, { method: 'squash', commit: 'a'.repeat(40), message: 'Subject\n\nClaworc-Edit: 1' });

    expect(ways).toEqual([['merge'], ['squash'], ['merge', 'squash']]);
    expect(gitlab.asked.at(-1)?.body).toMatchObject({
      squash: true,
      squash_commit_message: 'Subject\n\nClaworc-Edit: 1',
    });
  });

  it('have one comment of each name, which is written over; what the system notes is none', async () => {
    const { forge, gitlab } = await connected();
    gitlab.add({ source_branch: WISH.head });
    gitlab.notes.push({ id: 1, body: '<!-- claworc:review -->', author: { username: 'claworc' }, system: true });
    for (let index = 0; index < 130; index += 1) await forge.addComment(1, `talk ${index}`);
    const put = (body: string) => upsertComment(forge, { number: 1, name: 'review', body, rest: '' });

    expect([await put('one'), await put('two'), await put('two')]).toEqual(['created', 'updated', 'unchanged']);
    expect(gitlab.notes.at(-1)?.body).toBe('<!-- claworc:review -->\ntwo');
  });

  it('tell whose the token is and whether it may push', async () => {
    const { forge, gitlab } = await connected();

    expect(await forge.account()).toEqual({ login: 'claworc', mayPush: true });
    gitlab.accessLevel = 20;
    expect((await forge.account()).mayPush).toBe(false);
  });

  it('are waited for when GitLab takes no more, and say in its words what it does not take', async () => {
    const { forge, gitlab } = await connected();
    gitlab.inject({ status: 429, headers: { 'retry-after': '3' } });
    gitlab.inject(
      { status: 400, body: { message: { title: ['is too long (maximum is 255 characters)'] } } },
      {
        when: ({ method }) => method === 'PUT',
      },
    );

    const error = await forge.update(1, WISH).catch((each: unknown) => each);

    expect(forgeTroubleOf(error)).toBe('refused');
    expect(String(error)).toContain('(title: is too long (maximum is 255 characters))');
  });
});
