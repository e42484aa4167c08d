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
    ['ssh://-oProxyCommand=hunter2/bots', /no address|names no repository/],
    ['ssh://git@-oProxyCommand=hunter2/bots', /no address|names no repository/],
    ['ssh://-lhunter2@git.example.com/bots', /user name is none/],
    ['-lhunter2@git.example.com:bots', /no address/],
    ['ssh://git.example.com/--upload-pack=hunter2', /no address/],
    ['ssh://git.example.com/-hunter2', /no address/],
    ['ssh://git@%2DoProxyCommand=hunter2/bots', /host name is none/],
    ['ssh://git.example.com/%2D%2Dupload-pack=hunter2', /no address/],
    ['ssh://git.example.com/bots%0Ahunter2', /no address/],
    ['ssh://git.example.com/%zzhunter2', /no address/],
    ['ssh://%2Dlhunter2@git.example.com/bots', /user name is none/],
    ['git@git.example.com:/-hunter2/../bots', /no address/],
    ['EXT::sh%20-c%20hunter2', /no address|over https or ssh/],
    ['fd::17/hunter2', /no address|over https or ssh/],
    ['ext::/bin/hunter2', /no address|over https or ssh/],
    ['transport::ssh://hunter2/bots', /no address|over https or ssh/],
    ['git+ssh://git.example.com/hunter2', /over https or ssh/],
    ['ftp://git.example.com/hunter2', /over https or ssh/],
    ['bots/hunter2.git', /no address/],
    ['./-hunter2', /no address/],
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
