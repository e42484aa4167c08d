import { describe, expect, it } from 'vitest';
import { forgeTroubleOf } from '../../../server/forge/errors.ts';
import type { Forge } from '../../../server/forge/forge.ts';
import { openForge } from '../../../server/forge/open-forge.ts';
import type { ForgeKind } from '../../../server/forge/place.ts';
import { testNetwork } from './connected.ts';
import { paged, startLoopback, type Asked, type Loopback, type Told } from './loopback.ts';

const PREFIX = '/api';
const ok = (body: unknown): Told => ({ status: 200, body });
const notFound: Told = { status: 404, body: { message: 'Not Found' } };
const route = ({ method, path }: Asked): string => `${method} ${path}`;

/** A team of many with `ada` at its end, `acme/platform`, as each forge's reference describes the answers about it. */
const ANSWERS: Readonly<Record<ForgeKind, (asked: Asked, url: string) => Told>> = {
  github: (asked) => {
    const at = '/orgs/acme/teams/platform';
    switch (route(asked)) {
      case `GET ${at}/memberships/ada`:
        return ok({ url: 'https://api.github.example', role: 'member', state: 'active' });
      case `GET ${at}/memberships/guest`:
        return ok({ url: 'https://api.github.example', role: 'member', state: 'pending' });
      case `GET ${at}`:
        return ok({ id: 1, name: 'Platform', slug: 'platform' });
      default:
        return notFound;
    }
  },
  gitea: (asked, url) => {
    const teams = Array.from({ length: 60 }, (_, id) => ({ id, name: id === 59 ? 'Platform' : `team-${id}` }));
    switch (route(asked)) {
      case 'GET /orgs/acme/teams':
        return paged(teams, { ...asked, query: withSize(asked.query) }, `${url}${PREFIX}`);
      case 'GET /teams/59/members/ada':
        return ok({ id: 7, login: 'ada' });
      default:
        return notFound;
    }
  },
  gitlab: (asked, url) => {
    if (route(asked) !== 'GET /groups/acme%2Fplatform/members/all') return notFound;
    const others = Array.from({ length: 120 }, (_, id) => ({ id, username: `ada-${id}`, state: 'active' }));
    const all = [
      ...others,
      { id: 200, username: 'ada', state: 'active' },
      { id: 201, username: 'guest', state: 'blocked' },
    ];
    const found = all.filter(({ username }) => username.includes(asked.query.get('query') ?? ''));
    return paged(found, asked, `${url}${PREFIX}`);
  },
};

/** Gitea calls the size of a page otherwise. */
function withSize(query: URLSearchParams): URLSearchParams {
  const sized = new URLSearchParams(query);
  sized.set('per_page', query.get('limit') ?? '30');
  return sized;
}

async function connected(kind: ForgeKind): Promise<{ forge: Forge; loopback: Loopback }> {
  const loopback = await startLoopback(PREFIX, ANSWERS[kind]);
  const place = { kind, api: `${loopback.url}${PREFIX}`, repository: 'acme/bots', title: 'forge.example/acme/bots' };
  const network = testNetwork({ patienceMs: 0 });
  return { forge: openForge(place, () => Promise.resolve('canary-of-the-forge-0123'), network), loopback };
}

describe.each(['github', 'gitea', 'gitlab'] as const)('a team on %s', (kind) => {
  it('has who is in it, on whatever page, and nobody else', async () => {
    const { forge } = await connected(kind);

    expect(await forge.membership('acme/platform', 'ada')).toBe('member');
    expect(await forge.membership('acme/platform', 'eve')).toBe('none');
    expect(await forge.membership('acme/platform', 'guest')).toBe('none');
  });

  it('that is not there, or not to be seen, is not known', async () => {
    const { forge } = await connected(kind);

    expect(await forge.membership('acme/other', 'ada')).toBe('unknown');
    for (const status of [403, 404]) {
      const { forge: hidden, loopback } = await connected(kind);
      loopback.inject({ status, body: { message: 'no' } }, { times: 10 });
      expect(await hidden.membership('acme/platform', 'ada')).toBe('unknown');
    }
  });

  it.each([
    [401, 'unauthorized', {}],
    [429, 'rate_limited', { 'retry-after': '3600' }],
    [403, 'rate_limited', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4000000000' }],
    [500, 'broken', {}],
  ] as const)('can not be asked about while the forge answers %i: %s', async (status, trouble, headers) => {
    const { forge, loopback } = await connected(kind);
    loopback.inject({ status, body: { message: 'no' }, headers }, { times: 10 });

    const error: unknown = await forge.membership('acme/platform', 'ada').catch((reason: unknown) => reason);

    expect(forgeTroubleOf(error)).toBe(trouble);
  });
});
