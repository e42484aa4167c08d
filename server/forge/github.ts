import { fieldsOf, linkIn, listOf, textIn, textOrNull, type Fields } from './answer.ts';
import { branchName } from './branch.ts';
import type { Exchange } from './exchange.ts';
import { forgeError } from './errors.ts';
import type { Forge, ForgeCheck, ForgeReview } from './forge.ts';
import { isOwnBranch, lastWords, loginOf, partsOf, readComment, readPull } from './hub-shape.ts';
import { teamParts, unlessHidden } from './membership.ts';
import type { ForgePlace } from './place.ts';

/** What GitHub asks each request to say. */
export const GITHUB_HEADERS = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
} as const;

const METHODS = ['merge', 'squash', 'rebase'] as const;

/** GitHub and GitHub Enterprise Server over their REST API. */
export function createGitHub({ repository, title }: ForgePlace, { send, list }: Exchange): Forge {
  const top = `/repos/${repository}`;
  const owner = repository.split('/')[0] ?? '';

  const checksOf = async (commit: string, signal: AbortSignal | undefined): Promise<readonly ForgeCheck[]> => {
    const at = `${top}/commits/${encodeURIComponent(commit)}`;
    const runs = await send({
      method: 'GET',
      path: `${at}/check-runs?per_page=100`,
      what: 'read the checks',
      expects: [403],
      signal,
    });
    const status = await send({
      method: 'GET',
      path: `${at}/status?per_page=100`,
      what: 'read the checks',
      expects: [403],
      signal,
    });
    return [
      ...listOf(fieldsOf(runs.body).check_runs).map(runCheck),
      ...listOf(fieldsOf(status.body).statuses).map(statusCheck),
    ];
  };

  return {
    kind: 'github',
    textLimit: 65_536,
    mergeMethods: METHODS,
    account: async (signal) => {
      // The token of an installation is nobody's: 403.
      const user = await send({ method: 'GET', path: '/user', what: 'ask whose the token is', expects: [403], signal });
      const about = await send({ method: 'GET', path: top, what: 'read the repository', signal });
      const login = user.status === 200 ? textOrNull(fieldsOf(user.body), 'login') : null;
      return { login, mayPush: fieldsOf(fieldsOf(about.body).permissions).push === true };
    },
    findOpen: async ({ head, base }, signal) => {
      const query = new URLSearchParams({
        state: 'open',
        head: `${owner}:${branchName(head)}`,
        base: branchName(base),
        per_page: '100',
      });
      const found = await list({ path: `${top}/pulls?${query.toString()}`, what: 'look for a pull request', signal });
      const pulls = found.filter((each) => isOwnBranch(each, repository)).map(readPull);
      return pulls.find((each) => each.head.branch === head && each.base === base) ?? null;
    },
    listOpen: async (base, signal) => {
      const query = new URLSearchParams({ state: 'open', base: branchName(base), per_page: '100' });
      const path = `${top}/pulls?${query.toString()}`;
      const found = await list({ path, what: 'list the pull requests', signal });
      return found.map((each) => ({ ...readPull(each), isFork: !isOwnBranch(each, repository) }));
    },
    open: async ({ head, base, title: subject, description }, signal) => {
      const body = { head: branchName(head), base: branchName(base), title: subject, body: description };
      const what = 'open the pull request';
      const {
        status,
        body: answer,
        words,
      } = await send({ method: 'POST', path: `${top}/pulls`, body, what, expects: [422], signal });
      if (status !== 422) return { outcome: 'opened', pull: readPull(answer) };
      if (/no commits between/i.test(words)) return { outcome: 'no_change' };
      if (/already exists/i.test(words)) return { outcome: 'exists' };
      throw forgeError({ trouble: 'refused', where: title, what, words });
    },
    update: async (number, text, signal) => {
      const body = { title: text.title, body: text.description };
      await send({
        method: 'PATCH',
        path: `${top}/pulls/${number}`,
        body,
        what: `change pull request ${number}`,
        signal,
      });
    },
    close: async (number, signal) => {
      const what = `close pull request ${number}`;
      await send({ method: 'PATCH', path: `${top}/pulls/${number}`, body: { state: 'closed' }, what, signal });
    },
    reopen: async (number, signal) => {
      const what = `open pull request ${number} again`;
      await send({ method: 'PATCH', path: `${top}/pulls/${number}`, body: { state: 'open' }, what, signal });
    },
    allowedMethods: async (signal) => {
      const about = fieldsOf((await send({ method: 'GET', path: top, what: 'read the repository', signal })).body);
      // Told to whoever may push alone; what is not told may be allowed.
      const names = {
        merge: 'allow_merge_commit',
        squash: 'allow_squash_merge',
        rebase: 'allow_rebase_merge',
      } as const;
      return METHODS.filter((method) => about[names[method]] !== false);
    },
    merge: async (number, { method, commit, message }, signal) => {
      const { subject, rest } = partsOf(message ?? '');
      const words = method !== 'squash' || message === undefined ? {} : { commit_title: subject, commit_message: rest };
      const {
        status,
        body,
        words: said,
      } = await send({
        method: 'PUT',
        path: `${top}/pulls/${number}/merge`,
        body: { merge_method: method, sha: commit, ...words },
        what: `merge pull request ${number}`,
        expects: [405, 409, 422],
        // Another one was merged in this moment.
        again: /base branch was modified/i,
        signal,
      });
      if (status < 300) return { outcome: 'merged', commit: textOrNull(fieldsOf(body), 'sha') };
      return { outcome: status === 409 ? 'moved' : 'refused', words: said };
    },
    read: async (number, signal) => {
      const what = `read pull request ${number}`;
      const { body } = await send({ method: 'GET', path: `${top}/pulls/${number}`, what, signal });
      const pull = readPull(body);
      const reviews = await list({
        path: `${top}/pulls/${number}/reviews?per_page=100`,
        what: 'read the reviews',
        signal,
      });
      return {
        ...pull,
        checks: pull.head.commit === null ? [] : await checksOf(pull.head.commit, signal),
        reviews: lastWords(listOf(reviews).flatMap(readReview)),
        mayMerge: mayMerge(fieldsOf(body)),
      };
    },
    membership: async (team, login, signal) => {
      const parts = teamParts(team);
      if (parts === undefined) return 'unknown';
      const path = `/orgs/${encodeURIComponent(parts.org)}/teams/${encodeURIComponent(parts.name)}`;
      const what = `ask who is in ${team}`;
      return unlessHidden(async () => {
        const user = `${path}/memberships/${encodeURIComponent(login)}`;
        const { status, body } = await send({ method: 'GET', path: user, what, expects: [404], signal });
        // Who was invited and did not accept is `pending`.
        if (status !== 404) return textIn(fieldsOf(body), 'state') === 'active' ? 'member' : 'none';
        // Of a team that the token may not see each membership is 404 too.
        await send({ method: 'GET', path, what, signal });
        return 'none';
      });
    },
    comments: async (number, signal) => {
      const found = await list({
        path: `${top}/issues/${number}/comments?per_page=100`,
        what: 'read the comments',
        signal,
      });
      return listOf(found).map(readComment);
    },
    addComment: async (number, body, signal) => {
      await send({ method: 'POST', path: `${top}/issues/${number}/comments`, body: { body }, what: 'comment', signal });
    },
    editComment: async (_number, comment, body, signal) => {
      await send({
        method: 'PATCH',
        path: `${top}/issues/comments/${comment}`,
        body: { body },
        what: 'change the comment',
        signal,
      });
    },
  };
}

function mayMerge(pull: Fields): 'yes' | 'no' | 'unknown' {
  if (typeof pull.mergeable !== 'boolean') return 'unknown';
  return pull.mergeable && textIn(pull, 'mergeable_state') !== 'blocked' ? 'yes' : 'no';
}

function readReview(
  review: Fields,
): readonly (Omit<ForgeReview, 'state'> & { state: ForgeReview['state'] | 'dismissed' })[] {
  const states = {
    APPROVED: 'approved',
    CHANGES_REQUESTED: 'changes_requested',
    COMMENTED: 'commented',
    DISMISSED: 'dismissed',
  } as const;
  const state = Object.entries(states).find(([name]) => name === textIn(review, 'state'))?.[1];
  return state === undefined
    ? []
    : [{ by: loginOf(review), state, at: textOrNull(review, 'submitted_at'), commit: textOrNull(review, 'commit_id') }];
}

const FINE = new Set(['success', 'neutral', 'skipped']);

function runCheck(run: Fields): ForgeCheck {
  const isDone = textIn(run, 'status') === 'completed';
  const output = fieldsOf(run.output);
  return {
    name: textIn(run, 'name'),
    state: !isDone ? 'waiting' : FINE.has(textIn(run, 'conclusion')) ? 'ok' : 'failed',
    detail: textIn(output, 'title') || textIn(run, 'conclusion'),
    url: linkIn(run, 'html_url'),
  };
}

function statusCheck(status: Fields): ForgeCheck {
  const state = textIn(status, 'state');
  return {
    name: textIn(status, 'context'),
    state: state === 'success' ? 'ok' : state === 'pending' ? 'waiting' : 'failed',
    detail: textIn(status, 'description'),
    url: linkIn(status, 'target_url'),
  };
}
