import { fieldsOf, linkIn, listOf, numberIn, textIn, textOrNull, type Fields } from './answer.ts';
import { branchName } from './branch.ts';
import type { Exchange } from './exchange.ts';
import type { Forge, ForgeCheck, ForgeReview } from './forge.ts';
import { isOwnBranch, lastWords, loginOf, partsOf, readComment, readPull } from './hub-shape.ts';
import { isSameLogin, teamParts, unlessHidden } from './membership.ts';
import type { ForgePlace } from './place.ts';

const METHODS = ['merge', 'squash', 'rebase'] as const;

/** Gitea and Forgejo, whose API is the same here. */
export function createGitea({ repository }: ForgePlace, { send, list }: Exchange): Forge {
  const top = `/repos/${repository}`;

  const hasChange = async (base: string, head: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const range = `${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
    const { body } = await send({
      method: 'GET',
      path: `${top}/compare/${range}`,
      what: 'compare the branches',
      signal,
    });
    return fieldsOf(body).total_commits !== 0;
  };

  const listOpen: Forge['listOpen'] = async (base, signal) => {
    branchName(base);
    const found = await list({ path: `${top}/pulls?state=open&limit=50`, what: 'list the pull requests', signal });
    const pulls = found.map((each) => ({ ...readPull(each), isFork: !isOwnBranch(each, repository) }));
    return pulls.filter((each) => each.base === base);
  };

  return {
    kind: 'gitea',
    textLimit: 65_536,
    mergeMethods: METHODS,
    account: async (signal) => {
      // A token that may only write repositories can't ask whose it is.
      const user = await send({ method: 'GET', path: '/user', what: 'ask whose the token is', expects: [403], signal });
      const about = await send({ method: 'GET', path: top, what: 'read the repository', signal });
      const login = user.status === 200 ? textOrNull(fieldsOf(user.body), 'login') : null;
      return { login, mayPush: fieldsOf(fieldsOf(about.body).permissions).push === true };
    },
    findOpen: async ({ head, base }, signal) => {
      branchName(head);
      return (await listOpen(base, signal)).find((each) => !each.isFork && each.head.branch === head) ?? null;
    },
    listOpen,
    open: async ({ head, base, title, description }, signal) => {
      const body = { head: branchName(head), base: branchName(base), title, body: description };
      // Gitea opens one without a change, too.
      if (!(await hasChange(base, head, signal))) return { outcome: 'no_change' };
      const what = 'open the pull request';
      const answer = await send({ method: 'POST', path: `${top}/pulls`, body, what, expects: [409], signal });
      return answer.status === 409 ? { outcome: 'exists' } : { outcome: 'opened', pull: readPull(answer.body) };
    },
    update: async (number, { title, description }, signal) => {
      const body = { title, body: description };
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
      const names = { merge: 'allow_merge_commits', squash: 'allow_squash_merge', rebase: 'allow_rebase' } as const;
      return METHODS.filter((method) => about[names[method]] !== false);
    },
    merge: async (number, { method, commit, message }, signal) => {
      const { subject, rest } = partsOf(message ?? '');
      const text =
        method !== 'squash' || message === undefined ? {} : { MergeTitleField: subject, MergeMessageField: rest };
      const what = `merge pull request ${number}`;
      const { status, words } = await send({
        method: 'POST',
        path: `${top}/pulls/${number}/merge`,
        body: { Do: method, head_commit_id: commit, ...text },
        what,
        expects: [405, 409, 422],
        // It is looking at the branch, after each push and each merge of another.
        again: /try again later/i,
        signal,
      });
      if (status >= 300) return { outcome: /head out of date/i.test(words) ? 'moved' : 'refused', words };
      const { body } = await send({ method: 'GET', path: `${top}/pulls/${number}`, what, signal });
      return { outcome: 'merged', commit: readPull(body).mergedAs };
    },
    read: async (number, signal) => {
      const what = `read pull request ${number}`;
      const { body } = await send({ method: 'GET', path: `${top}/pulls/${number}`, what, signal });
      const pull = readPull(body);
      const reviews = await list({ path: `${top}/pulls/${number}/reviews?limit=50`, what: 'read the reviews', signal });
      const { mergeable } = fieldsOf(body);
      return {
        ...pull,
        checks: pull.head.commit === null ? [] : await checksOf(pull.head.commit, signal),
        reviews: lastWords(listOf(reviews).flatMap(readReview)),
        mayMerge: typeof mergeable !== 'boolean' ? 'unknown' : mergeable ? 'yes' : 'no',
      };
    },
    membership: async (team, login, signal) => {
      const parts = teamParts(team);
      if (parts === undefined) return 'unknown';
      const what = `ask who is in ${team}`;
      return unlessHidden(async () => {
        const teams = await list({ path: `/orgs/${encodeURIComponent(parts.org)}/teams?limit=50`, what, signal });
        const found = listOf(teams).find((each) => isSameLogin(textIn(each, 'name'), parts.name));
        if (found === undefined) return 'unknown';
        const path = `/teams/${numberIn(found, 'id')}/members/${encodeURIComponent(login)}`;
        const { status } = await send({ method: 'GET', path, what, expects: [404], signal });
        return status === 404 ? 'none' : 'member';
      });
    },
    comments: async (number, signal) => {
      const found = await list({ path: `${top}/issues/${number}/comments`, what: 'read the comments', signal });
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

  async function checksOf(commit: string, signal: AbortSignal | undefined): Promise<readonly ForgeCheck[]> {
    const path = `${top}/commits/${encodeURIComponent(commit)}/status`;
    const { body } = await send({ method: 'GET', path, what: 'read the checks', signal });
    return listOf(fieldsOf(body).statuses).map(readCheck);
  }
}

function readReview(
  review: Fields,
): readonly (Omit<ForgeReview, 'state'> & { state: ForgeReview['state'] | 'dismissed' })[] {
  const states = { APPROVED: 'approved', REQUEST_CHANGES: 'changes_requested', COMMENT: 'commented' } as const;
  const state = Object.entries(states).find(([name]) => name === textIn(review, 'state'))?.[1];
  if (state === undefined) return [];
  const isGone = review.dismissed === true;
  return [
    {
      by: loginOf(review),
      state: isGone ? 'dismissed' : state,
      at: textOrNull(review, 'submitted_at'),
      commit: textOrNull(review, 'commit_id'),
    },
  ];
}

function readCheck(status: Fields): ForgeCheck {
  const state = textIn(status, 'status');
  return {
    name: textIn(status, 'context'),
    state: state === 'success' || state === 'skipped' ? 'ok' : state === 'pending' ? 'waiting' : 'failed',
    detail: textIn(status, 'description'),
    url: linkIn(status, 'target_url'),
  };
}
