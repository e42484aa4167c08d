import { describe, expect, it } from 'vitest';
import { isSameRemote, parseRemoteUrl } from '../../../../server/git/remote/remote-url.ts';

describe('the address of a remote', () => {
  it.each([
    ['https://git.example.com/team/bots.git', 'https', 'git.example.com', 'team/bots'],
    ['https://git.example.com:8443/team/bots/', 'https', 'git.example.com', 'team/bots'],
    ['ssh://git@git.example.com:2222/team/bots.git', 'ssh', 'git.example.com', 'team/bots'],
    ['git@git.example.com:team/bots.git', 'ssh', 'git.example.com', 'team/bots'],
    ['http://127.0.0.1:3000/team/bots', 'http', '127.0.0.1', 'team/bots'],
    ['/srv/git/bots.git', 'file', '', '/srv/git/bots.git'],
    ['file:///srv/git/bots.git', 'file', '', '/srv/git/bots.git'],
  ])('%s is read', (text, scheme, host, path) => {
    expect(parseRemoteUrl(text)).toMatchObject({ scheme, host, path });
  });

  it.each([
    ['https://user:hunter2@git.example.com/bots', /must not stand in the URL/],
    ['https://hunter2@git.example.com/bots', /must not stand in the URL/],
    ['ssh://git:hunter2@git.example.com/bots', /must not stand in the URL/],
    ['http://git.example.com/bots', /plain http/],
    ['ext::sh -c hunter2', /no address/],
    ['ext::hunter2', /no address|over https or ssh/],
    ['git://git.example.com/bots', /over https or ssh/],
    ['--upload-pack=hunter2', /no address/],
    ['-oProxyCommand=hunter2:path', /no address/],
    ['git@git.example.com:--hunter2', /no address/],
    ['https://git.example.com/bots?token=hunter2', /no \?/],
    ['https://git.example.com/bots\nhost=evil', /no address/],
    ['https://git.example.com/', /no repository/],
    ['', /no address/],
  ])('%j is refused, and what stands in it is not repeated', (text, words) => {
    expect(() => parseRemoteUrl(text)).toThrow(words);
    expect(() => parseRemoteUrl(text)).not.toThrow(/hunter2/);
  });

  it('is the same however it is spelled', () => {
    const same = (a: string, b: string): boolean => isSameRemote(parseRemoteUrl(a), parseRemoteUrl(b));
    expect(same('https://Git.example.com/bots.git', 'https://git.example.com/bots/')).toBe(true);
    expect(same('https://git.example.com/bots', 'git@git.example.com:bots.git')).toBe(true);
    expect(same('https://git.example.com/bots', 'https://git.example.com:8443/bots')).toBe(false);
    expect(same('https://git.example.com/bots', 'https://git.example.com/robots')).toBe(false);
  });
});
