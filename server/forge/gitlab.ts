import { fieldsOf, linkIn, listOf, numberIn, textIn, textOrNull, type Fields } from './answer.ts';
import { branchName } from './branch.ts';
import type { Exchange } from './exchange.ts';
import type { Forge, ForgeCheck, ForgeComment, PullRequest } from './forge.ts';
import { isSameLogin, unlessHidden } from './membership.ts';
import type { ForgePlace } from './place.ts';

/** Its roles are numbers: a developer may push to branches that are not protected. */
const DEVELOPER = 30;

/** GitLab's merge requests over its REST API. */
export function createGitLab({ repository }: ForgePlace, { send, list }: Exchange): Forge {
  const top = `/projects/${encodeURIComponent(repository)}`;
  const requests = `${top}/merge_requests`;

  const hasChange = async (base: string, head: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const query = new URLSearchParams({ from: base, to: head });
    const path = `${top}/repository/compare?${query.toString()}`;
    const { body } = await send({ method: 'GET', path, what: 'compare the branches', signal });
    return listOf(fieldsOf(body).commits).length > 0;
  };

  /**
   * From when on an approval is one of `commit`, the head of a merge request; null where that is not told. GitLab does not
   * say which commit was approved, but where the project takes approvals back at each push, those that came after the
   * push of the head are about it.
   */
  const approvalsSince = async (
    number: number,
    commit: string | null,
    signal: AbortSignal | undefined,
  ): Promise<number | null> => {
    const what = 'read the rules of approvals';
    const rules = await send({ method: 'GET', path: `${top}/approvals`, what, expects: [403, 404], signal });
    if (fieldsOf(rules.body).reset_approvals_on_push !== true) return null;
    const path = `${requests}/${number}/versions?per_page=100`;
    const pushes = listOf(await list({ path, what: 'read the pushes', signal }));
    const ofHead = pushes.filter((each) => commit !== null && textIn(each, 'head_commit_sha') === commit);
    const times = ofHead.map((each) => Date.parse(textIn(each, 'created_at'))).filter((time) => !Number.isNaN(time));
    return times.length === 0 ? null : Math.max(...times);
  };

  return {
    kind: 'gitlab',
    textLimit: 1_000_000,
    // A rebase is a setting of the project there, not a way to merge.
    mergeMethods: ['merge', 'squash'],
    account: async (signal) => {
      const user = await send({ method: 'GET', path: '/user', what: 'ask whose the token is', expects: [403], signal });
      const about = await send({ method: 'GET', path: top, what: 'read the project', signal });
      const rights = fieldsOf(fieldsOf(about.body).permissions);
      const levels = [rights.project_access, rights.group_access].map((each) =>
        numberIn(fieldsOf(each), 'access_level'),
      );
      const login = user.status === 200 ? textOrNull(fieldsOf(user.body), 'username') : null;
      return { login, mayPush: Math.max(...levels) >= DEVELOPER };
    },
    findOpen: async ({ head, base }, signal) => {
      const query = new URLSearchParams({
        state: 'opened',
        source_branch: branchName(head),
        target_branch: branchName(base),
        per_page: '100',
      });
      const found = await list({ path: `${requests}?${query.toString()}`, what: 'look for a merge request', signal });
      // A fork's branch may have the same name.
      const own = listOf(found).filter((each) => each.source_project_id === each.target_project_id);
      return own.map(readRequest).find((each) => each.head.branch === head && each.base === base) ?? null;
    },
    listOpen: async (base, signal) => {
      const query = new URLSearchParams({ state: 'opened', target_branch: branchName(base), per_page: '100' });
      const found = await list({
        path: `${requests}?${query.toString()}`,
        what: 'list the merge requests',
        signal,
      });
      return listOf(found).map((each) => ({
        ...readRequest(each),
        isFork: each.source_project_id !== each.target_project_id,
      }));
    },
    open: async ({ head, base, title, description }, signal) => {
      const body = { source_branch: branchName(head), target_branch: branchName(base), title, description };
      // GitLab opens one without a change, too.
      if (!(await hasChange(base, head, signal))) return { outcome: 'no_change' };
      const what = 'open the merge request';
      const answer = await send({ method: 'POST', path: requests, body, what, expects: [409], signal });
      return answer.status === 409
        ? { outcome: 'exists' }
        : { outcome: 'opened', pull: readRequest(fieldsOf(answer.body)) };
    },
    update: async (number, { title, description }, signal) => {
      const body = { title, description };
      await send({
        method: 'PUT',
        path: `${requests}/${number}`,
        body,
        what: `change merge request ${number}`,
        signal,
      });
    },
    close: async (number, signal) => {
      const what = `close merge request ${number}`;
      await send({ method: 'PUT', path: `${requests}/${number}`, body: { state_event: 'close' }, what, signal });
    },
    reopen: async (number, signal) => {
      const what = `open merge request ${number} again`;
      await send({ method: 'PUT', path: `${requests}/${number}`, body: { state_event: 'reopen' }, what, signal });
    },
    allowedMethods: async (signal) => {
      const about = fieldsOf((await send({ method: 'GET', path: top, what: 'read the project', signal })).body);
      const squash = textIn(about, 'squash_option');
      if (squash === 'always') return ['squash'];
      return squash === 'never' ? ['merge'] : ['merge', 'squash'];
    },
    merge: async (number, { method, commit, message }, signal) => {
      const squash = method !== 'squash' || message === undefined ? {} : { squash_commit_message: message };
      const { status, body, words } = await send({
        method: 'PUT',
        path: `${requests}/${number}/merge`,
        body: { sha: commit, squash: method === 'squash', ...squash },
        what: `merge merge request ${number}`,
        expects: [405, 406, 409, 422],
        signal,
      });
      if (status >= 300) return { outcome: status === 409 ? 'moved' : 'refused', words };
      return { outcome: 'merged', commit: readRequest(fieldsOf(body)).mergedAs };
    },
    read: async (number, signal) => {
      const what = `read merge request ${number}`;
      const { body } = await send({ method: 'GET', path: `${requests}/${number}`, what, signal });
      const request = readRequest(fieldsOf(body));
      // Approvals are not part of every edition.
      const given = await send({
        method: 'GET',
        path: `${requests}/${number}/approvals`,
        what: 'read the approvals',
        expects: [403, 404],
        signal,
      });
      const { commit } = request.head;
      const approvals = listOf(fieldsOf(given.body).approved_by);
      const since = approvals.length === 0 ? null : await approvalsSince(number, commit, signal);
      const path = `${top}/repository/commits/${encodeURIComponent(commit ?? '')}/statuses?per_page=100`;
      const statuses = commit === null ? [] : await list({ path, what: 'read the checks', signal });
      return {
        ...request,
        checks: listOf(statuses).map(readCheck),
        reviews: approvals.map((each) => {
          const at = textOrNull(each, 'approved_at');
          const isOfHead = since !== null && at !== null && Date.parse(at) >= since;
          const by = textIn(fieldsOf(each.user), 'username');
          return { by, state: 'approved' as const, at, commit: isOfHead ? commit : null };
        }),
        mayMerge: mayMerge(textIn(fieldsOf(body), 'detailed_merge_status')),
      };
    },
    membership: async (team, login, signal) => {
      const query = new URLSearchParams({ query: login, per_page: '100' });
      const path = `/groups/${encodeURIComponent(team)}/members/all?${query.toString()}`;
      return unlessHidden(async () => {
        const found = listOf(await list({ path, what: `ask who is in ${team}`, signal }));
        const isIn = found.some(
          (each) => isSameLogin(textIn(each, 'username'), login) && textIn(each, 'state') === 'active',
        );
        return isIn ? 'member' : 'none';
      });
    },
    comments: async (number, signal) => {
      const path = `${requests}/${number}/notes?sort=asc&order_by=created_at&per_page=100`;
      const found = await list({ path, what: 'read the comments', signal });
      return listOf(found).flatMap((each) => (each.system === true ? [] : [readNote(each)]));
    },
    addComment: async (number, body, signal) => {
      await send({ method: 'POST', path: `${requests}/${number}/notes`, body: { body }, what: 'comment', signal });
    },
    editComment: async (number, comment, body, signal) => {
      const path = `${requests}/${number}/notes/${comment}`;
      await send({ method: 'PUT', path, body: { body }, what: 'change the comment', signal });
    },
  };
}

function readRequest(request: Fields): PullRequest {
  const state = textIn(request, 'state');
  return {
    number: numberIn(request, 'iid'),
    url: linkIn(request, 'web_url') ?? '',
    title: textIn(request, 'title'),
    description: textIn(request, 'description'),
    // `locked` is a merge that is under way.
    state: state === 'merged' ? 'merged' : state === 'closed' ? 'closed' : 'open',
    head: { branch: textIn(request, 'source_branch'), commit: textOrNull(request, 'sha') },
    base: textIn(request, 'target_branch'),
    author: textIn(fieldsOf(request.author), 'username'),
    mergedAs:
      state === 'merged'
        ? (textOrNull(request, 'merge_commit_sha') ??
          textOrNull(request, 'squash_commit_sha') ??
          textOrNull(request, 'sha'))
        : null,
  };
}

function readNote(note: Fields): ForgeComment {
  const author = fieldsOf(note.author);
  // Tokens of projects and groups write as users of their own, by names that people can't take.
  const name = textIn(author, 'username');
  return {
    id: numberIn(note, 'id'),
    author: name,
    isMachine: /^(project|group)_\d+_bot/.test(name),
    body: textIn(note, 'body'),
  };
}

function mayMerge(status: string): 'yes' | 'no' | 'unknown' {
  if (status === 'mergeable') return 'yes';
  return ['', 'checking', 'unchecked', 'preparing', 'approvals_syncing'].includes(status) ? 'unknown' : 'no';
}

function readCheck(status: Fields): ForgeCheck {
  const state = textIn(status, 'status');
  const isFine = state === 'success' || state === 'skipped' || status.allow_failure === true;
  const isRunning = [
    'created',
    'pending',
    'running',
    'preparing',
    'scheduled',
    'manual',
    'waiting_for_resource',
  ].includes(state);
  return {
    name: textIn(status, 'name'),
    state: isRunning ? 'waiting' : isFine ? 'ok' : 'failed',
    detail: textIn(status, 'description') || state,
    url: linkIn(status, 'target_url'),
  };
}
