import { describe, expect, it } from 'vitest';
import { forgeTroubleOf } from '../../../server/forge/errors.ts';
import type { ForgeNetwork } from '../../../server/forge/exchange.ts';
import { openForge } from '../../../server/forge/open-forge.ts';
import { openOrTakeOver } from '../../../server/forge/open-or-take-over.ts';
import { upsertComment } from '../../../server/forge/upsert-comment.ts';
import { messageOf } from '../../../server/lib/errors.ts';
import { testNetwork } from './connected.ts';
import { addPull, REPOSITORY, startGitHubLike } from './github-like.ts';
import { type Asked, startLoopback } from './loopback.ts';

const TOKEN = 'ghp_canary0123456789';
const WISH = { head: 'proposals/memory', base: 'main', title: 'memory to 6Gi', description: 'bot-alpha restarts' };

async function connected(change: Partial<ForgeNetwork> = {}) {
  const github = await startGitHubLike();
  const network = testNetwork(change);
  const place = {
    kind: 'github',
    api: `${github.url}/api/v3`,
    repository: REPOSITORY,
    title: 'github.example/acme/bots',
  } as const;
  return { github, network, forge: openForge(place, () => Promise.resolve(TOKEN), network) };
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const posts = (asked: readonly Asked[]) => asked.filter(({ method }) => method === 'POST');

describe('pull requests on GitHub', () => {
  it('are opened with the token and the version of the API that they are written for', async () => {
    const { forge, github } = await connected();

    const made = await openOrTakeOver(forge, WISH, '');

    expect(made).toMatchObject({
      outcome: 'opened',
      pull: { number: 1, title: 'memory to 6Gi', state: 'open', mergedAs: null },
    });
    expect(posts(github.asked)[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    });
  });

  it('are taken over where one is open for the branch, and told anew', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head, title: 'by hand' });

    expect((await openOrTakeOver(forge, WISH, '')).outcome).toBe('updated');
    expect((await openOrTakeOver(forge, WISH, '')).outcome).toBe('unchanged');

    expect(posts(github.asked)).toEqual([]);
    expect(github.pulls).toMatchObject([{ title: 'memory to 6Gi', body: 'bot-alpha restarts' }]);
  });

  it("are taken over when somebody else's was opened between the question and the wish", async () => {
    const { forge, github } = await connected();
    github.inject(
      () => {
        addPull(github, { head: WISH.head });
        return { status: 200, body: [] };
      },
      { when: ({ method, path }) => method === 'GET' && path.endsWith('/pulls') },
    );

    const taken = await openOrTakeOver(forge, WISH, '');

    expect(taken).toMatchObject({ outcome: 'updated', pull: { number: 1 } });
    expect(github.pulls).toHaveLength(1);
  });

  it("of a fork's branch of the same name are not taken for ours", async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head, from: 'mallory/bots' });

    expect(await openOrTakeOver(forge, WISH, '')).toMatchObject({ outcome: 'opened', pull: { number: 2 } });
  });

  it('are not opened where there are no commits between: no effective change', async () => {
    const { forge, github } = await connected();
    github.empty.add(WISH.head);

    expect(await openOrTakeOver(forge, WISH, '')).toEqual({ outcome: 'no_change' });
  });

  it('keep the description within the limit, with the rest named below it', async () => {
    const { forge, github } = await connected();
    const description = Array.from({ length: 5_000 }, (_, line) => `- bot-${line} restarts`).join('\n');

    await openOrTakeOver(forge, { ...WISH, description }, '[the whole](https://ci.example/1)');

    const body = github.pulls[0]?.body ?? '';
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/restarts\n\n… \[the whole\]\(https:\/\/ci\.example\/1\)$/);
  });

  it('refuse a branch name with a line break, or one that could be an option, before anything is asked', async () => {
    const { forge, github } = await connected();

    for (const head of ['main\n', '-f', 'a..b', 'a b', 'x.lock', '']) {
      await expect(openOrTakeOver(forge, { ...WISH, head }, '')).rejects.toThrow('That is no name of a branch');
    }
    expect(github.asked).toEqual([]);
  });

  it('that are open for main are listed over all pages, those of forks as such, without those of other branches', async () => {
    const { forge, github } = await connected();
    for (let index = 0; index < 130; index += 1) addPull(github, { head: `change-${index}` });
    addPull(github, { head: 'theirs', from: 'mallory/bots' });
    addPull(github, { head: 'release', base: 'v1' });
    addPull(github, { head: 'over', state: 'closed' });

    const open = await forge.listOpen('main');

    const own = open.filter(({ isFork }) => !isFork).map(({ number }) => number);
    expect(own).toEqual(Array.from({ length: 130 }, (_, index) => index + 1));
    expect(open.filter(({ isFork }) => isFork)).toMatchObject([{ number: 131, head: { branch: 'theirs' } }]);
  });

  it('are asked for again only if something differs, and a page more is seen', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: 'one' });
    const first = await forge.listOpen('main');
    expect(await forge.listOpen('main')).toEqual(first);
    expect(github.asked.at(-1)?.headers['if-none-match']).toMatch(/^"[0-9a-f]{40}"$/);
    for (let index = 0; index < 100; index += 1) addPull(github, { head: `change-${index}` });
    const second = await forge.listOpen('main');
    expect(second).toHaveLength(101);
    expect(await forge.listOpen('main')).toEqual(second);
  });

  it('are opened again, and are merged in a way that is allowed, a squash with the message that was given', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head, state: 'closed' });
    github.forbidden.add('merge').add('rebase');

    await forge.reopen(1);
    const ways = await forge.allowedMethods();
    const refused = await forge.merge(1, { method: 'merge', commit: 'a'.repeat(40) });
    await forge.merge(1, { method: 'squash', commit: 'a'.repeat(40), message: 'Subject\n\nClaworc-Edit: 1' });

    expect(ways).toEqual(['squash']);
    expect(refused).toMatchObject({ outcome: 'refused', words: 'merge merges are not allowed on this repository.' });
    expect(github.asked.at(-1)?.body).toMatchObject({ commit_title: 'Subject', commit_message: 'Claworc-Edit: 1' });
  });

  it('show checks of both kinds and the last word of each reviewer, over all pages', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head });
    const by = (login: string, state: string, second: number) => ({
      user: { login },
      state,
      commit_id: 'c0ffee',
      submitted_at: `2026-11-19T14:31:${String(second).padStart(2, '0')}Z`,
    });
    for (let index = 0; index < 120; index += 1) github.reviews.push(by('chatty', 'COMMENTED', 0));
    github.reviews.push(by('bob', 'CHANGES_REQUESTED', 1), by('bob', 'APPROVED', 2), by('bob', 'COMMENTED', 3));
    github.reviews.push(by('eve', 'APPROVED', 4), by('eve', 'DISMISSED', 5), by('zoe', 'PENDING', 6));
    github.checkRuns.push(
      { name: 'verify', status: 'completed', conclusion: 'success', html_url: 'https://ci.example/1' },
      { name: 'lint', status: 'completed', conclusion: 'timed_out', output: { title: 'took too long' } },
      { name: 'plan', status: 'in_progress', conclusion: null },
    );
    github.statuses.push({
      context: 'old-ci',
      state: 'pending',
      description: 'queued',
      target_url: 'javascript:alert(1)',
    });

    const state = await forge.read(1);

    expect(state.reviews).toEqual([
      { by: 'chatty', state: 'commented', at: '2026-11-19T14:31:00Z', commit: 'c0ffee' },
      { by: 'bob', state: 'approved', at: '2026-11-19T14:31:02Z', commit: 'c0ffee' },
    ]);
    expect(state.checks.map(({ name, state: word, url }) => [name, word, url])).toEqual([
      ['verify', 'ok', 'https://ci.example/1'],
      ['lint', 'failed', null],
      ['plan', 'waiting', null],
      ['old-ci', 'waiting', null],
    ]);
    expect(state.mayMerge).toBe('yes');
  });

  it('are merged at the commit that was reviewed and at no other', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head, sha: 'b'.repeat(40) });

    const moved = await forge.merge(1, { method: 'squash', commit: 'a'.repeat(40) });
    const merged = await forge.merge(1, { method: 'squash', commit: 'b'.repeat(40) });
    const again = await forge.merge(1, { method: 'squash', commit: 'b'.repeat(40) });

    expect(moved).toMatchObject({
      outcome: 'moved',
      words: expect.stringContaining('Head branch was modified') as string,
    });
    expect(merged).toEqual({ outcome: 'merged', commit: 'e'.repeat(40) });
    expect(again).toEqual({ outcome: 'refused', words: 'Pull Request is not mergeable' });
    expect(await forge.read(1)).toMatchObject({ state: 'merged', mergedAs: 'e'.repeat(40) });
  });

  it('are merged after another one that came first in that moment', async () => {
    const { forge, github } = await connected();
    const { sha } = addPull(github, { head: WISH.head });
    const words = 'Base branch was modified. Review and try the merge again.';
    github.inject({ status: 405, body: { message: words } }, { times: 3 });

    expect(await forge.merge(1, { method: 'merge', commit: sha })).toMatchObject({ outcome: 'merged' });
    github.inject({ status: 405, body: { message: words } }, { times: 100 });
    expect(await forge.merge(1, { method: 'merge', commit: sha })).toEqual({ outcome: 'refused', words });
  });

  it('have one comment of each name, found behind a hundred others', async () => {
    const { forge, github } = await connected();
    addPull(github, { head: WISH.head });
    for (let index = 0; index < 130; index += 1) await forge.addComment(1, `talk ${index}`);
    const put = (body: string) => upsertComment(forge, { number: 1, name: 'review', body, rest: '' });

    expect([await put('one'), await put('two'), await put('two')]).toEqual(['created', 'updated', 'unchanged']);

    expect(github.comments.filter(({ body }) => body.startsWith('<!-- claworc:review -->'))).toHaveLength(1);
  });

  it("are commented by an integration over its own comment, not over a person's that copies the mark", async () => {
    const { forge, github } = await connected();
    github.login = null;
    github.comments.push({ id: 7, body: '<!-- claworc:review -->\nfine', user: { login: 'mallory', type: 'User' } });
    const put = (body: string) => upsertComment(forge, { number: 1, name: 'review', body, rest: '' });

    expect([await put('one'), await put('two')]).toEqual(['created', 'updated']);
    expect(github.comments.map(({ body }) => body.split('\n')[1])).toEqual(['fine', 'two']);
  });
});

describe('a forge that refuses', () => {
  const answers = [
    [401, { message: 'Bad credentials' }, 'unauthorized', 'Put a valid one into the file'],
    [403, { message: 'Resource not accessible by integration' }, 'forbidden', 'Give it the right'],
    [404, { message: 'Not Found' }, 'not_found', 'may not see it'],
    [409, { message: 'Conflict' }, 'conflict', 'look again'],
    [422, { message: 'Validation Failed', errors: [{ field: 'title', code: 'missing' }] }, 'refused', 'title missing'],
    [500, { message: 'boom' }, 'broken', 'fault of its own'],
    [503, undefined, 'broken', 'status 503'],
  ] as const;

  it.each(answers)('with %i says what is so and what helps', async (status, body, trouble, words) => {
    const { forge, github } = await connected();
    github.inject({ status, body });

    const error = await failure(forge.update(1, { title: 't', description: 'd' }));

    expect(forgeTroubleOf(error)).toBe(trouble);
    expect(messageOf(error)).toContain("github.example/acme/bots: can't change pull request 1: ");
    expect(messageOf(error)).toContain(words);
  });

  it('never has the token in its error, and steers no terminal', async () => {
    const { forge, github } = await connected();
    github.inject({ status: 400, body: { message: `token ${TOKEN} \u001b[2J\n::error::x \u202e may not` } });
    const told = await failure(forge.account());
    expect(JSON.stringify([messageOf(told), told])).not.toContain(TOKEN);
    expect(messageOf(told)).toContain('(token **** [2J ::error::x may not)');
  });

  it('by a redirect is not followed, so that the token goes nowhere else', async () => {
    const { forge, github } = await connected();
    const elsewhere = await startLoopback('', () => ({ status: 200, body: {} }));
    github.inject({ status: 301, headers: { location: `${elsewhere.url}/repos` } });

    expect(forgeTroubleOf(await failure(forge.account()))).toBe('redirected');
    expect(elsewhere.asked).toEqual([]);
  });

  it('by a next page on another host is not followed either', async () => {
    const { forge, github } = await connected();
    const elsewhere = await startLoopback('', () => ({ status: 200, body: [] }));
    github.inject({ status: 200, body: [], headers: { link: `<${elsewhere.url}/x>; rel="next"` } });

    await forge.comments(1);

    expect(elsewhere.asked).toEqual([]);
  });

  it('by silence is called slow, and by a cut answer or a page of HTML what it is', async () => {
    const { forge, github } = await connected({ answerMs: 300 });
    github.inject('hang');
    expect(forgeTroubleOf(await failure(forge.account()))).toBe('slow');
    github.inject('cut');
    expect(forgeTroubleOf(await failure(forge.account()))).toBe('unreachable');
    github.inject({ raw: '<html>sign in</html>' });
    expect(forgeTroubleOf(await failure(forge.account()))).toBe('odd');
  });

  it('by a list without an end is left', async () => {
    const { forge, github } = await connected();
    const link = `<${github.url}/api/v3/more>; rel="next"`;
    github.inject({ status: 200, body: [{}], headers: { link } }, { times: 1_000 });

    expect(forgeTroubleOf(await failure(forge.comments(1)))).toBe('odd');
    expect(github.asked.length).toBe(100);
  });

  it('ends at once when it is called off', async () => {
    const { forge, github } = await connected();
    github.inject('hang');
    const stop = new AbortController();
    const calling = failure(forge.account(stop.signal));
    await expect.poll(() => github.asked.length).toBe(1);

    stop.abort(new Error('enough'));

    expect(messageOf(await calling)).toBe('enough');
  });
});

describe('a rate limit', () => {
  const NOW = Date.UTC(2026, 10, 19, 14, 30, 0);
  const clock = { now: () => NOW };
  const reset = (seconds: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(NOW / 1_000 + seconds),
  });

  it.each([
    ['the hourly one', { status: 403, body: { message: 'API rate limit exceeded' }, headers: reset(40) }, 40_000],
    ['one with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['the secondary one', { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } }, 60_000],
  ] as const)('is waited for and told: %s', async (_name, answer, ms) => {
    const waited: number[] = [];
    const wait = (each: number) => Promise.resolve(void waited.push(each));
    const { forge, github, network } = await connected({ clock, wait });
    github.inject(answer, { times: 2 });

    expect(await forge.account()).toEqual({ login: 'claworc-user', mayPush: true });

    expect(waited).toEqual([ms, ms]);
    expect(network.waits).toEqual(
      Array(2).fill('github.example/acme/bots takes no more requests for now; waiting to ask whose the token is'),
    );
  });

  it('that lasts longer than anybody waits is an error that says until when', async () => {
    const { forge, github } = await connected({ clock });
    github.inject({ status: 403, body: { message: 'API rate limit exceeded' }, headers: reset(3_000) });

    const error = await failure(forge.account());

    expect(forgeTroubleOf(error)).toBe('rate_limited');
    expect(messageOf(error)).toContain('until 2026-11-19T15:20:00Z');
    expect(github.asked).toHaveLength(1);
  });

  it('that names no time is told as one: it was told as a right that the token lacks', async () => {
    const { forge, github } = await connected({ clock, patienceMs: 1_000 });
    github.inject({ status: 403, body: { message: 'Forbidden' }, headers: { 'x-ratelimit-remaining': '0' } });

    const error = await failure(forge.account());

    expect(forgeTroubleOf(error)).toBe('rate_limited');
    expect(messageOf(error)).toBe(
      "github.example/acme/bots: can't ask whose the token is: it takes no more requests of this token for now, and does not say until when: try again from 2026-11-19T14:31:00Z on (Forbidden)",
    );
  });

  it('without an end is given up after a few tries', async () => {
    const { forge, github } = await connected({ clock });
    github.inject({ status: 429, headers: { 'retry-after': '1' } }, { times: 100 });

    expect(forgeTroubleOf(await failure(forge.account()))).toBe('rate_limited');
    expect(github.asked).toHaveLength(4);
  });
});
