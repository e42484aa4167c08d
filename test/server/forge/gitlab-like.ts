import { type Asked, type Loopback, paged, startLoopback, type Told } from './loopback.ts';

interface Request {
  readonly iid: number;
  source_branch: string;
  target_branch: string;
  source_project_id: number;
  target_project_id: number;
  title: string;
  description: string;
  state: 'opened' | 'closed' | 'merged';
  sha: string;
  merge_commit_sha: string | null;
  detailed_merge_status: string;
}

interface Note {
  readonly id: number;
  body: string;
  readonly author: { readonly username: string };
  readonly system: boolean;
}

export interface GitLabLike extends Loopback {
  readonly requests: Request[];
  readonly notes: Note[];
  readonly statuses: unknown[];
  readonly approvals: unknown[];
  /** Whether the project takes approvals back at each push; null: the edition has no such rule. */
  resetsApprovals: boolean | null;
  readonly versions: unknown[];
  accessLevel: number;
  squashOption: string;
  /** Branches without a commit of their own. */
  readonly empty: Set<string>;
  add(change: Partial<Request>): Request;
}

const TOP = '/projects/acme%2Fteam%2Fbots';

/** GitLab's REST API as its documents describe it, as far as merge requests need it. */
export async function startGitLabLike(): Promise<GitLabLike> {
  const requests: Request[] = [];
  const add = (change: Partial<Request>): Request => {
    const made: Request = {
      iid: requests.length + 1,
      source_branch: '',
      target_branch: 'main',
      source_project_id: 7,
      target_project_id: 7,
      title: '',
      description: '',
      state: 'opened',
      sha: 'a'.repeat(40),
      merge_commit_sha: null,
      detailed_merge_status: 'mergeable',
      ...change,
    };
    requests.push(made);
    return made;
  };
  const state: Omit<GitLabLike, keyof Loopback> = {
    requests,
    notes: [],
    statuses: [],
    approvals: [],
    resetsApprovals: null,
    versions: [],
    accessLevel: 30,
    squashOption: 'default_off',
    empty: new Set(),
    add,
  };
  const server = await startLoopback('/api/v4', (asked, url) => answer(state as GitLabLike, asked, `${url}/api/v4`));
  return Object.assign(state, server);
}

function answer(state: GitLabLike, asked: Asked, api: string): Told {
  const { method, path, query, body } = asked;
  const below = path.replace(TOP, '');
  const route = `${method} ${below.replace(/[0-9a-f]{40}/, 'SHA').replace(/\/\d+/g, '/N')}`;
  const [first, second] = [...below.matchAll(/\/(\d+)/g)].map(([, digits]) => Number(digits));
  const request = state.requests.find((each) => each.iid === first);
  const refuse = (status: number, message: unknown): Told => ({ status, body: { message } });
  if (path === '/user') return { status: 200, body: { username: 'claworc' } };
  if (!path.startsWith(TOP)) return refuse(404, '404 Project Not Found');
  switch (route) {
    case 'GET ': {
      const permissions = { project_access: { access_level: state.accessLevel }, group_access: null };
      return { status: 200, body: { permissions, squash_option: state.squashOption } };
    }
    case 'GET /approvals':
      if (state.resetsApprovals === null) return refuse(404, '404 Not Found');
      return { status: 200, body: { reset_approvals_on_push: state.resetsApprovals } };
    case 'GET /repository/compare':
      return { status: 200, body: { commits: state.empty.has(query.get('to') ?? '') ? [] : [{ id: 'a' }] } };
    case 'GET /merge_requests': {
      const found = state.requests.filter(
        (each) =>
          each.state === query.get('state') &&
          [null, each.source_branch].includes(query.get('source_branch')) &&
          each.target_branch === query.get('target_branch'),
      );
      return paged(found, asked, api);
    }
    case 'POST /merge_requests': {
      const head = String(body.source_branch);
      const open = state.requests.find((each) => each.source_branch === head && each.source_project_id === 7);
      if (open?.state === 'opened') {
        return refuse(409, [`Another open merge request already exists for this source branch: !${open.iid}`]);
      }
      const { title, description } = body;
      return {
        status: 201,
        body: state.add({ source_branch: head, title: String(title), description: String(description) }),
      };
    }
    case 'GET /repository/commits/SHA/statuses':
      return paged(state.statuses, asked, api);
    default:
      return request === undefined
        ? refuse(404, '404 Not found')
        : ofRequest(state, request, route, asked, api, second);
  }
}

function ofRequest(
  state: GitLabLike,
  request: Request,
  route: string,
  asked: Asked,
  api: string,
  note: number | undefined,
): Told {
  const { body } = asked;
  switch (route) {
    case 'GET /merge_requests/N':
      return { status: 200, body: request };
    case 'PUT /merge_requests/N':
      if (body.state_event === 'close') request.state = 'closed';
      if (body.state_event === 'reopen') request.state = 'opened';
      if (typeof body.title === 'string') request.title = body.title;
      if (typeof body.description === 'string') request.description = body.description;
      return { status: 200, body: request };
    case 'PUT /merge_requests/N/merge':
      if (request.state !== 'opened') return { status: 405, body: { message: '405 Method Not Allowed' } };
      if (body.sha !== request.sha)
        return { status: 409, body: { message: 'SHA does not match HEAD of source branch' } };
      [request.state, request.merge_commit_sha] = ['merged', 'e'.repeat(40)];
      return { status: 200, body: request };
    case 'GET /merge_requests/N/approvals':
      return { status: 200, body: { approved_by: state.approvals } };
    case 'GET /merge_requests/N/versions':
      return paged(state.versions, asked, api);
    case 'GET /merge_requests/N/notes':
      return paged(state.notes, asked, api);
    case 'POST /merge_requests/N/notes': {
      const made = {
        id: 500 + state.notes.length,
        body: String(body.body),
        author: { username: 'claworc' },
        system: false,
      };
      state.notes.push(made);
      return { status: 201, body: made };
    }
    case 'PUT /merge_requests/N/notes/N': {
      const found = state.notes.find(({ id }) => id === note);
      if (found === undefined) return { status: 404, body: { message: '404 Note Not Found' } };
      found.body = String(body.body);
      return { status: 200, body: found };
    }
    default:
      return { status: 404, body: { message: '404 Not found' } };
  }
}
