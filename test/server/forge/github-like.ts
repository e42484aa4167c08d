import { createHash } from 'node:crypto';
import { type Asked, type Loopback, paged, startLoopback, type Told } from './loopback.ts';

interface Pull {
  readonly number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged: boolean;
  sha: string;
  mergedAs?: string;
  /** Repository of the head; another one is a fork. */
  from: string;
}

export interface GitHubLike extends Loopback {
  readonly pulls: Pull[];
  readonly comments: { id: number; body: string; user: { login: string; type: string } }[];
  readonly reviews: unknown[];
  readonly checkRuns: unknown[];
  readonly statuses: unknown[];
  /** Null: the token is an installation's. */
  login: string | null;
  /** Logins by team, `acme/platform`; of another one nothing is told. */
  readonly teams: Map<string, Set<string>>;
  /** Branches without a commit of their own. */
  readonly empty: Set<string>;
  /** Ways to merge that the repository does not allow. */
  readonly forbidden: Set<string>;
  /** The repository behind it; without one branches are at made-up commits. */
  behind: RepositoryBehind | null;
}

/** What GitHub does in the repository. */
export interface RepositoryBehind {
  shaOf(branch: string): string | null;
  /** Puts a branch on main and gives the commit. */
  merge(branch: string, method: string, message: string): string;
}

export const REPOSITORY = 'acme/bots';
const TOP = `/repos/${REPOSITORY}`;

/** GitHub's REST API as its reference describes it, as far as pull requests need it. */
export async function startGitHubLike(): Promise<GitHubLike> {
  const state: Omit<GitHubLike, keyof Loopback> = {
    pulls: [],
    comments: [],
    reviews: [],
    checkRuns: [],
    statuses: [],
    login: 'claworc-user',
    teams: new Map(),
    empty: new Set(),
    forbidden: new Set(),
    behind: null,
  };
  const server = await startLoopback('/api/v3', (asked, url) =>
    unlessKnown(asked, answer(state as GitHubLike, asked, `${url}/api/v3`)),
  );
  return Object.assign(state, server);
}

/** Conditional requests, which GitHub does not count. */
function unlessKnown({ method, headers }: Asked, told: Told): Told {
  if (method !== 'GET' || told.status !== 200) return told;
  const etag = `"${createHash('sha1').update(JSON.stringify(told.body)).digest('hex')}"`;
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return { ...told, headers: { ...told.headers, etag } };
}

/** What it does and answers, for a fault that lets it be done. */
export function answer(state: GitHubLike, asked: Asked, api: string): Told {
  const { method, path, query, body } = asked;
  const route = `${method} ${path.replace(TOP, '').replace(/\d+/g, 'N')}`;
  const number = Number(/\d+/.exec(path)?.[0] ?? 0);
  const { behind } = state;
  if (behind !== null) for (const each of state.pulls) each.sha = behind.shaOf(each.head) ?? each.sha;
  const pull = state.pulls.find((each) => each.number === number);
  const refuse = (status: number, message: string, errors?: unknown): Told => ({ status, body: { message, errors } });
  if (path === '/user') {
    if (state.login === null) return refuse(403, 'Resource not accessible by integration');
    return { status: 200, body: { login: state.login } };
  }
  const [, org = '', team = '', login] =
    /^\/orgs\/([^/]+)\/teams\/([^/]+)(?:\/memberships\/([^/]+))?$/.exec(path) ?? [];
  if (org !== '') {
    const members = state.teams.get(`${org}/${team}`);
    if (members === undefined) return refuse(404, 'Not Found');
    if (login === undefined) return { status: 200, body: { name: team, slug: team } };
    return members.has(login) ? { status: 200, body: { role: 'member', state: 'active' } } : refuse(404, 'Not Found');
  }
  if (route === 'GET ') {
    const allows = (way: string): boolean => !state.forbidden.has(way);
    const ways = {
      allow_merge_commit: allows('merge'),
      allow_squash_merge: allows('squash'),
      allow_rebase_merge: allows('rebase'),
    };
    return { status: 200, body: { full_name: REPOSITORY, permissions: { push: true }, ...ways } };
  }
  if (route === 'GET /pulls') {
    const wanted = query.get('head');
    const found = state.pulls.filter(
      (each) =>
        each.state === 'open' && each.base === query.get('base') && (wanted === null || wanted === `acme:${each.head}`),
    );
    return paged(found.map(shape), asked, api);
  }
  if (route === 'POST /pulls') {
    const head = String(body.head);
    const failed = (message: string) =>
      refuse(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
    if (state.empty.has(head)) return failed(`No commits between ${String(body.base)} and ${head}`);
    const isOpen = state.pulls.some((each) => each.head === head && each.state === 'open' && each.from === REPOSITORY);
    if (isOpen) return failed(`A pull request already exists for acme:${head}.`);
    const made = addPull(state, { head, base: String(body.base), title: String(body.title), body: String(body.body) });
    return { status: 201, body: shape(made) };
  }
  if (route === 'GET /issues/N/comments') return paged(state.comments, asked, api);
  if (route === 'POST /issues/N/comments') {
    const comment = { id: 100 + state.comments.length, body: String(body.body), user: authorOf(state) };
    state.comments.push(comment);
    return { status: 201, body: comment };
  }
  if (route === 'PATCH /issues/comments/N') {
    const comment = state.comments.find((each) => each.id === number);
    if (comment === undefined) return refuse(404, 'Not Found');
    comment.body = String(body.body);
    return { status: 200, body: comment };
  }
  if (/^GET \/commits\/[^/]+\/check-runs$/.test(`${method} ${path.replace(TOP, '')}`)) {
    return { status: 200, body: { total_count: state.checkRuns.length, check_runs: state.checkRuns } };
  }
  if (/^GET \/commits\/[^/]+\/status$/.test(`${method} ${path.replace(TOP, '')}`)) {
    return { status: 200, body: { state: 'success', statuses: state.statuses } };
  }
  if (pull === undefined) return refuse(404, 'Not Found');
  if (route === 'GET /pulls/N') return { status: 200, body: shape(pull) };
  if (route === 'GET /pulls/N/reviews') return paged(state.reviews, asked, api);
  if (route === 'PATCH /pulls/N') {
    if (body.state === 'open' && behind?.shaOf(pull.head) === null) {
      return refuse(422, 'Validation Failed', [{ message: `The ${pull.head} branch was deleted.` }]);
    }
    if (body.state === 'closed' || body.state === 'open') pull.state = body.state;
    if (typeof body.title === 'string') pull.title = body.title;
    if (typeof body.body === 'string') pull.body = body.body;
    return { status: 200, body: shape(pull) };
  }
  if (route === 'PUT /pulls/N/merge') {
    if (body.sha !== pull.sha) return refuse(409, 'Head branch was modified. Review and try the merge again.');
    if (pull.state === 'closed') return refuse(405, 'Pull Request is not mergeable');
    const method = String(body.merge_method);
    if (state.forbidden.has(method)) return refuse(405, `${method} merges are not allowed on this repository.`);
    const { commit_title: subject, commit_message: rest } = body;
    const words =
      typeof subject === 'string' && typeof rest === 'string'
        ? `${subject}\n\n${rest}`
        : `Merge pull request #${pull.number}`;
    const sha = behind?.merge(pull.head, method, words) ?? 'e'.repeat(40);
    [pull.state, pull.merged, pull.mergedAs] = ['closed', true, sha];
    return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } };
  }
  return refuse(404, 'Not Found');
}

function authorOf({ login }: GitHubLike): { login: string; type: string } {
  return login === null ? { login: 'github-actions[bot]', type: 'Bot' } : { login, type: 'User' };
}

export function addPull(state: Pick<GitHubLike, 'pulls'>, change: Partial<Pull> & Pick<Pull, 'head'>): Pull {
  const made: Pull = {
    number: state.pulls.length + 1,
    base: 'main',
    title: '',
    body: '',
    state: 'open',
    merged: false,
    sha: 'a'.repeat(40),
    from: REPOSITORY,
    ...change,
  };
  state.pulls.push(made);
  return made;
}

function shape({
  number,
  head,
  base,
  title,
  body,
  state,
  merged,
  mergedAs = 'e'.repeat(40),
  sha,
  from,
}: Pull): unknown {
  return {
    number,
    state,
    title,
    body,
    merged,
    merged_at: merged ? '2026-11-19T14:31:40Z' : null,
    merge_commit_sha: merged ? mergedAs : 'f'.repeat(40),
    mergeable: state === 'open' ? true : null,
    mergeable_state: 'clean',
    html_url: `https://github.example/${REPOSITORY}/pull/${number}`,
    user: { login: 'ada' },
    head: { ref: head, sha, repo: { full_name: from } },
    base: { ref: base },
  };
}
