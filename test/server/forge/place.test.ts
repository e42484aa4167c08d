import { describe, expect, it } from 'vitest';
import { forgePlace, type ForgeKind } from '../../../server/forge/place.ts';
import { parseRemoteUrl } from '../../../server/git/remote/remote-url.ts';

const place = (remote: string, kind?: ForgeKind, url?: string) =>
  forgePlace(parseRemoteUrl(remote), {
    ...(kind === undefined ? {} : { kind }),
    ...(url === undefined ? {} : { url }),
  });

describe('the forge of a remote', () => {
  it.each([
    ['https://github.com/acme/bots.git', undefined, undefined, 'github', 'https://api.github.com', 'acme/bots'],
    ['git@github.com:acme/bots.git', undefined, undefined, 'github', 'https://api.github.com', 'acme/bots'],
    ['ssh://git@ssh.github.com:443/acme/bots', undefined, undefined, 'github', 'https://api.github.com', 'acme/bots'],
    ['https://gitlab.com/a/b/c', undefined, undefined, 'gitlab', 'https://gitlab.com/api/v4', 'a/b/c'],
    ['https://codeberg.org/a/b', undefined, undefined, 'gitea', 'https://codeberg.org/api/v1', 'a/b'],
    ['https://git.acme.io:8443/a/b', 'gitea', undefined, 'gitea', 'https://git.acme.io:8443/api/v1', 'a/b'],
    ['ssh://git@git.acme.io:2222/a/b', 'github', undefined, 'github', 'https://git.acme.io/api/v3', 'a/b'],
    ['https://acme.io/git/a/b', 'gitea', 'https://acme.io/git/', 'gitea', 'https://acme.io/git/api/v1', 'a/b'],
    ['ssh://git@acme.io/a/b', 'gitlab', 'http://127.0.0.1:3000', 'gitlab', 'http://127.0.0.1:3000/api/v4', 'a/b'],
  ] as const)('is known of %s %s %s', (remote, named, url, kind, api, repository) => {
    expect(place(remote, named, url)).toMatchObject({ kind, api, repository });
  });

  it.each([
    ['https://git.acme.io/a/b', undefined, undefined, 'say --forge github'],
    ['/srv/bots.git', 'gitea', undefined, 'lies on no forge'],
    ['https://github.com/acme/team/bots', undefined, undefined, 'no path of a repository on github'],
    ['https://gitlab.com/bots', undefined, undefined, 'no path of a repository on gitlab'],
    ['https://git.acme.io/a/b%2F..%2Fc', 'gitea', undefined, 'no path of a repository'],
    ['https://git.acme.io/a/b', 'gitea', 'http://git.acme.io', 'over plain http'],
    ['https://git.acme.io/a/b', 'gitea', 'https://me:canary@git.acme.io', 'must not stand in the URL'],
    ['https://git.acme.io/a/b', 'gitea', 'git.acme.io', 'is the address of the forge'],
  ] as const)('is refused in words for %s %s %s', (remote, named, url, words) => {
    expect(() => place(remote, named, url)).toThrow(words);
  });
});
