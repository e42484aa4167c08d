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
  /** Branches without a commit of their own. */
  readonly empty: Set<string>;
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
    empty: new Set(),
  };
  const server = await startLoopback('/api/v3', (asked, url) => answer(state as GitHubLike, asked, `${url}/api/v3`));
  return Object.assign(state, server);
}

function answer(state: GitHubLike, asked: Asked, api: string): Told {
  const { method, path, query, body } = asked;
  const route = `${method} ${path.replace(TOP, '').replace(/\d+/g, 'N')}`;
  const number = Number(/\d+/.exec(path)?.[0] ?? 0);
  const pull = state.pulls.find((each) => each.number === number);
  const refuse = (status: number, message: string, errors?: unknown): Told => ({ status, body: { message, errors } });
  if (path === '/user') {
    if (state.login === null) return refuse(403, 'Resource not accessible by integration');
    return { status: 200, body: { login: state.login } };
  }
  if (route === 'GET ') return { status: 200, body: { full_name: REPOSITORY, permissions: { push: true } } };
  if (route === 'GET /pulls') {
    const [owner, head] = (query.get('head') ?? ':').split(':');
    const found = state.pulls.filter(
      (each) => each.state === 'open' && each.head === head && each.base === query.get('base') && owner === 'acme',
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
    if (body.state === 'closed') pull.state = 'closed';
    if (typeof body.title === 'string') pull.title = body.title;
    if (typeof body.body === 'string') pull.body = body.body;
    return { status: 200, body: shape(pull) };
  }
  if (route === 'PUT /pulls/N/merge') {
    if (body.sha !== pull.sha) return refuse(409, 'Head branch was modified. Review and try the merge again.');
    if (pull.state === 'closed') return refuse(405, 'Pull Request is not mergeable');
    [pull.state, pull.merged] = ['closed', true];
    return { status: 200, body: { sha: 'e'.repeat(40), merged: true, message: 'Pull Request successfully merged' } };
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

function shape({ number, head, base, title, body, state, merged, sha, from }: Pull): unknown {
  return {
    number,
    state,
    title,
    body,
    merged,
    merged_at: merged ? '2026-11-19T14:31:40Z' : null,
    merge_commit_sha: merged ? 'e'.repeat(40) : 'f'.repeat(40),
    mergeable: state === 'open' ? true : null,
    mergeable_state: 'clean',
    html_url: `https://github.example/${REPOSITORY}/pull/${number}`,
    user: { login: 'ada' },
    head: { ref: head, sha, repo: { full_name: from } },
    base: { ref: base },
  };
}
