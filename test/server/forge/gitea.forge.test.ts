import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { forgeTroubleOf } from '../../../server/forge/errors.ts';
import { openForge } from '../../../server/forge/open-forge.ts';
import { openOrTakeOver } from '../../../server/forge/open-or-take-over.ts';
import type { ForgePlace } from '../../../server/forge/place.ts';
import { upsertComment } from '../../../server/forge/upsert-comment.ts';
import { readEvent, signedBy, type ForgeEvent } from '../../../server/forge/webhook.ts';
import { runProgram } from '../../../server/cli/program.ts';
import { runGit } from '../../support/git-process.ts';
import { forgeTest as test } from '../../support/gitea/forge-test.ts';
import type { Forge as Gitea } from '../../support/gitea/gitea.ts';
import type { ForgeRepository } from '../../support/gitea/repository.ts';
import { createRest } from '../../support/gitea/rest.ts';
import type { ForgeUser } from '../../support/gitea/users.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { recordingIo } from '../cli/checkout.ts';
import { testNetwork } from './connected.ts';

test('opens one pull request of a branch, takes it over the next time, and opens none without a change', async ({
  forge,
  repository,
}) => {
  const ours = opened(forge, repository, forge.users.alice);
  await pushed(repository, forge.users.alice, 'proposals/memory');
  const wish = { head: 'proposals/memory', base: 'main', title: 'memory of bot-alpha to 6Gi', description: 'restarts' };

  const first = await openOrTakeOver(ours, wish, '');
  const again = await openOrTakeOver(ours, wish, '');
  const reworded = await openOrTakeOver(ours, { ...wish, title: 'memory to 8Gi' }, '');
  const nothing = await openOrTakeOver(ours, { ...wish, head: 'main' }, '');

  expect([first.outcome, again.outcome, reworded.outcome, nothing.outcome]).toEqual([
    'opened',
    'unchanged',
    'updated',
    'no_change',
  ]);
  expect(await repository.rest('GET', '/pulls?state=all')).toMatchObject([
    { title: 'memory to 8Gi', body: 'restarts' },
  ]);
});

test('tells checks and reviews, merges only what was reviewed, and sees the merge', async ({ forge, repository }) => {
  await repository.addCollaborator(forge.users.bob, 'write');
  const ours = opened(forge, repository, forge.users.alice);
  const commit = await pushed(repository, forge.users.alice, 'proposals/memory');
  const number = await proposed(ours, 'proposals/memory');
  const bob = createRest(forge.url, forge.users.bob);
  const at = `/repos/${repository.owner}/${repository.name}`;
  await bob('POST', `${at}/pulls/${number}/reviews`, { event: 'APPROVED', body: 'fine' });
  await repository.rest('POST', `/statuses/${commit}`, {
    context: 'verify',
    state: 'success',
    description: 'no errors',
  });

  await expect.poll(async () => (await ours.read(number)).mayMerge).toBe('yes');
  const state = await ours.read(number);
  const early = await ours.merge(number, { method: 'squash', commit: '1'.repeat(40) });
  const merged = await ours.merge(number, { method: 'squash', commit });
  const after = await ours.read(number);

  expect(state).toMatchObject({
    state: 'open',
    head: { branch: 'proposals/memory', commit },
    checks: [{ name: 'verify', state: 'ok', detail: 'no errors' }],
    reviews: [{ by: 'bob', state: 'approved' }],
  });
  expect(early.outcome).toBe('moved');
  expect(merged).toMatchObject({ outcome: 'merged' });
  expect(after.state).toBe('merged');
  const main = (await repository.rest('GET', '/branches/main')) as { commit: { id: string } };
  expect(after.mergedAs).toBe(main.commit.id);
});

test('says in the words of the forge why it does not merge, and closes', async ({ forge, repository }) => {
  await repository.protect('main', { required_approvals: 1 });
  const ours = opened(forge, repository, forge.users.alice);
  const commit = await pushed(repository, forge.users.alice, 'change');
  const number = await proposed(ours, 'change');
  await expect.poll(async () => (await ours.read(number)).mayMerge).toBe('yes');

  const refused = await ours.merge(number, { method: 'merge', commit });
  await ours.close(number);

  expect(refused).toMatchObject({ outcome: 'refused', words: expect.stringMatching(/approval/i) as string });
  expect((await ours.read(number)).state).toBe('closed');
});

test('writes over its own comment and never over one that copies its mark', async ({ forge, repository }) => {
  await repository.addCollaborator(forge.users.bob, 'write');
  const [ours, theirs] = [forge.users.alice, forge.users.bob].map((user) => opened(forge, repository, user));
  await pushed(repository, forge.users.alice, 'change');
  const number = await proposed(ours!, 'change');
  await theirs!.addComment(number, '<!-- claworc:review -->\nall is fine');
  const put = (body: string) => upsertComment(ours!, { number, name: 'review', body, rest: '' });

  const outcomes = [await put('one'), await put('one'), await put('two')];

  expect(outcomes).toEqual(['created', 'unchanged', 'updated']);
  expect((await ours!.comments(number)).map(({ author, body }) => [author, body])).toEqual([
    ['bob', '<!-- claworc:review -->\nall is fine'],
    ['alice', '<!-- claworc:review -->\ntwo'],
  ]);
});

test('tells a wrong token from a repository that is not there, and says neither the token', async ({
  forge,
  repository,
}) => {
  const token = 'f'.repeat(40);
  const wrong = opened(forge, repository, { ...forge.users.alice, token });
  const missing = opened(forge, { ...repository, name: 'nothing-here' }, forge.users.alice);
  const stranger = opened(forge, repository, forge.users.bob);

  const [refused, nowhere] = await Promise.all(
    [wrong, missing].map((each) => each.account().then(String, (error: unknown) => error)),
  );

  expect(forgeTroubleOf(refused)).toBe('unauthorized');
  expect(String(refused)).not.toContain(token);
  expect(forgeTroubleOf(nowhere)).toBe('not_found');
  expect(await stranger.account()).toEqual({ login: 'bob', mayPush: false });
});

test('reads the webhooks of a push, a pull request, a review and a merge, and believes only its signature', async ({
  forge,
  repository,
}) => {
  const heard = await receiving('hush');
  const events = ['push', 'pull_request', 'pull_request_review_approved', 'status'];
  await repository.addWebhook(heard.url, 'hush', events);
  await repository.addCollaborator(forge.users.bob, 'write');
  const ours = opened(forge, repository, forge.users.alice);
  const commit = await pushed(repository, forge.users.alice, 'change');
  const number = await proposed(ours, 'change');
  const at = `/repos/${repository.owner}/${repository.name}`;
  await createRest(forge.url, forge.users.bob)('POST', `${at}/pulls/${number}/reviews`, { event: 'APPROVED' });
  await repository.rest('POST', `/statuses/${commit}`, { context: 'verify', state: 'success' });
  await expect.poll(async () => (await ours.read(number)).mayMerge).toBe('yes');
  await ours.merge(number, { method: 'merge', commit });

  const expected: ForgeEvent[] = [
    { kind: 'push', ref: 'refs/heads/change', commit },
    { kind: 'pull_request', number, change: 'opened' },
    { kind: 'review', number },
    { kind: 'check', commit },
    { kind: 'pull_request', number, change: 'merged' },
  ];
  await expect.poll(() => heard.events).toEqual(expect.arrayContaining(expected));
  expect(heard.signers).toEqual(new Set(['gitea']));
  expect(heard.strangers).toEqual(new Set([null]));
});

test('claworc opens, comments, shows and merges from the command line', async ({ forge, repository }) => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'token'), `${forge.users.alice.token}\n`);
  writeFileSync(join(folder, 'effect.md'), '**bot-alpha** restarts\n');
  const commit = await pushed(repository, forge.users.alice, 'change');
  const claworc = async (...args: readonly string[]) => {
    const io = recordingIo();
    const named = ['--remote', repository.httpUrl(), '--forge', 'gitea', '--forge-token-file', 'token'];
    const { signal } = new AbortController();
    const invocation = { io, cwd: folder, env: {}, root: folder, version: '0', signal };
    const code = await runProgram([...args, ...named], invocation);
    return { code, output: [...io.output, ...io.errors].join('\n') };
  };

  const made = await claworc('pull-request', '--head', 'change', '--title', 'A change', '--description', 'effect.md');
  const number = /opened (\d+)/.exec(made.output)?.[1] ?? '';
  const said = await claworc('comment', '--number', number, '--body', 'effect.md');
  await expect.poll(async () => (await claworc('pull-request', '--number', number)).output).toContain('may be merged');
  const late = await claworc('pull-request', '--number', number, '--merge', 'merge', '--commit', '2'.repeat(40));
  const merged = await claworc('pull-request', '--number', number, '--merge', 'merge', '--commit', commit);

  expect(made.code).toBe(0);
  expect(said).toEqual({ code: 0, output: `the comment on ${number} is created` });
  expect(late.code).toBe(3);
  expect(late.output).toContain('not merged: it is not at 22222222 any more');
  expect(merged.code).toBe(0);
  expect((await claworc('pull-request', '--number', number)).output).toContain('merged: change at');
});

function opened(gitea: Gitea, { owner, name }: Pick<ForgeRepository, 'owner' | 'name'>, user: ForgeUser) {
  const repository = `${owner}/${name}`;
  const place: ForgePlace = { kind: 'gitea', api: `${gitea.url}/api/v1`, repository, title: `gitea/${repository}` };
  return openForge(place, () => Promise.resolve(user.token), testNetwork({ wait: (ms) => delay(ms) }));
}

async function proposed(ours: ReturnType<typeof openForge>, head: string): Promise<number> {
  const result = await openOrTakeOver(ours, { head, base: 'main', title: 'A change', description: '' }, '');
  return result.outcome === 'no_change' ? 0 : result.pull.number;
}

/** Pushes a branch with one commit on top of main, and gives the commit. */
async function pushed(repository: ForgeRepository, user: ForgeUser, branch: string): Promise<string> {
  const folder = tempFolder();
  const run = async (cwd: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runGit(cwd, args);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };
  await run(folder, 'clone', repository.httpUrl(user), 'copy');
  const work = join(folder, 'copy');
  writeFileSync(join(work, 'record.yaml'), `branch: ${branch}\n`);
  await run(work, 'add', 'record.yaml');
  await run(work, 'commit', '--message', 'a change');
  await run(work, 'push', 'origin', `HEAD:refs/heads/${branch}`);
  return run(work, 'rev-parse', 'HEAD');
}

async function receiving(secret: string) {
  const events: (ForgeEvent | null)[] = [];
  const [signers, strangers] = [new Set<string | null>(), new Set<string | null>()];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const kind = signedBy(request.headers, body, secret);
      signers.add(kind);
      strangers.add(signedBy(request.headers, body, `${secret}!`));
      if (kind !== null) events.push(readEvent(kind, request.headers, JSON.parse(body.toString())));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, events, signers, strangers };
}
