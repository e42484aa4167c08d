import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessFor, checkAccess } from '../../../../server/git/remote/access.ts';
import { isRejected, remoteError, troubleOf } from '../../../../server/git/remote/errors.ts';
import { parseRemoteUrl } from '../../../../server/git/remote/remote-url.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const HTTPS = parseRemoteUrl('https://git.example.com/bots');
const SSH = parseRemoteUrl('git@git.example.com:bots.git');

const fileWith = (text: string): string => {
  const file = join(tempFolder(), 'credentials');
  writeFileSync(file, text);
  return file;
};

describe('what opens a remote', () => {
  it('is in the environment of git alone, and never in an argument', async () => {
    const access = await accessFor(HTTPS, { credentials: fileWith('hunter2-token\n') }, {});
    expect(access.env).toMatchObject({ CLAWORC_GIT_SECRET: 'hunter2-token', CLAWORC_GIT_USER: 'x-access-token' });
    expect(access.config.join(' ')).not.toContain('hunter2');
  });

  it('is the line for the host where the file has many, with its escapes undone', async () => {
    const file = fileWith(
      '# ours\nhttps://a:wrong@other.example.com\nhttp://a:wrong@git.example.com\nhttps://ci:p%40ss@git.example.com\n',
    );
    const { env } = await accessFor(HTTPS, { credentials: file }, {});
    expect(env).toMatchObject({ CLAWORC_GIT_USER: 'ci', CLAWORC_GIT_SECRET: 'p@ss' });
  });

  it.each([
    ['', /is empty/],
    ['https://a:b@other.example.com\n', /has nothing for https:\/\/git\.example\.com/],
    ['hunter2\nhunter2\n', /more than one line/],
    ['my hunter2\n', /a space in it/],
  ])('is asked for in words when the file holds %j', async (text, words) => {
    const opening = accessFor(HTTPS, { credentials: fileWith(text) }, {});
    await expect(opening).rejects.toThrow(words);
    await expect(opening).rejects.not.toThrow(/hunter2/);
  });

  it('is read anew each time, so that a token can be changed while the server runs', async () => {
    const file = fileWith('old\n');
    await accessFor(HTTPS, { credentials: file }, {});
    writeFileSync(file, 'new\n');
    expect((await accessFor(HTTPS, { credentials: file }, {})).env).toMatchObject({ CLAWORC_GIT_SECRET: 'new' });
  });

  it('over ssh is the key and the known hosts that were named, and nothing of the person who started the server', async () => {
    const folder = tempFolder();
    const [sshKey, knownHosts] = [join(folder, "it's"), join(folder, 'known hosts')];
    for (const file of [sshKey, knownHosts]) writeFileSync(file, '');
    const { config } = await accessFor(SSH, { sshKey, knownHosts }, { SSH_AUTH_SOCK: '/x' });
    const command = config.find((each) => each.startsWith('core.sshCommand=')) ?? '';
    expect(command).toContain(`-i '${folder}/it'\\''s'`);
    expect(command).toContain(`'UserKnownHostsFile="${knownHosts}"'`);
    for (const part of ['-F /dev/null', 'StrictHostKeyChecking=yes', 'IdentityAgent=none'])
      expect(command).toContain(part);
  });

  it.each([
    ['ssh key', SSH, 'unauthorized', (file: string) => ({ sshKey: file, knownHosts: fileWith('') })],
    ['known hosts', SSH, 'unknown_host', (file: string) => ({ sshKey: fileWith(''), knownHosts: file })],
    ['credentials', HTTPS, 'unauthorized', (file: string) => ({ credentials: file })],
    ['certificates', HTTPS, 'unknown_host', (file: string) => ({ caFile: file })],
  ] as const)(
    'with a pipe in place of the %s is refused at once, and works again without it',
    async (_what, url, trouble, access) => {
      const file = join(tempFolder(), 'swapped');
      execFileSync('mkfifo', [file]);
      const open = () => accessFor(url, access(file), {});

      await expect(open()).rejects.toMatchObject({
        code: 'git_refused',
        retryable: true,
        message: expect.stringMatching(/is a device, a pipe or a socket/) as string,
        body: { trouble },
      });

      rmSync(file);
      writeFileSync(file, 'token\n');
      await expect(open()).resolves.toBeDefined();
    },
  );

  it.each([
    [SSH, {}, /--remote-ssh-key/],
    [SSH, { sshKey: '/k' }, /--remote-known-hosts/],
    [SSH, { sshKey: '/k', knownHosts: '/h', credentials: '/c' }, /belong to https/],
    [HTTPS, { sshKey: '/k' }, /over ssh/],
    [HTTPS, { credentials: '/c', credentialHelper: 'x' }, /not both/],
    [parseRemoteUrl('/srv/bots.git'), { credentials: '/c' }, /takes no credentials/],
  ])('that does not fit is refused at the start', (url, access, words) => {
    expect(() => checkAccess(url, access)).toThrow(words);
  });
});

describe('why a remote would not', () => {
  const spoken = (stderr: string, stdout = '') => ({ exitCode: 128, stdout, stderr });

  it.each([
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'unreachable'],
    ['ssh: connect to host x port 22: Connection refused', 'unreachable'],
    ["fatal: could not read Username for 'https://x': terminal prompts disabled", 'unauthorized'],
    ['remote: HTTP Basic: Access denied\nfatal: Authentication failed for', 'unauthorized'],
    ['git@x: Permission denied (publickey).', 'unauthorized'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'may_not_push'],
    ['remote: Permission to a/b.git denied to ci.', 'may_not_push'],
    [
      "remote: API rate limit exceeded\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
      'unreachable',
    ],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 429", 'unreachable'],
    ["fatal: repository 'https://x/' not found", 'not_found'],
    ['remote: Repository not found.', 'not_found'],
    ['No ED25519 host key is known for x\nHost key verification failed.', 'unknown_host'],
    ['fatal: unable to access: SSL certificate problem: self-signed certificate', 'unknown_host'],
    ['fatal: the remote end hung up unexpectedly', 'unreachable'],
    ['error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502', 'unreachable'],
    [
      'fatal: http://x/b.git/info/refs not valid: could not determine hash algorithm; is this a git repository?',
      'unreachable',
    ],
    ['error: Cannot access URL http://x/b.git/, return code 22\nfatal: git-http-push failed', 'unreachable'],
    ["fatal: unable to access 'http://x/b.git/': transfer closed with 490 bytes remaining to read", 'unreachable'],
    ['error: RPC failed; nobody has ever seen this', 'unknown'],
    ['', 'unknown'],
    ['error: dst refspec refs/heads/main matches more than one', 'unfit'],
    ['fatal: mismatched algorithms: client sha1; server sha256', 'unfit'],
    ['remote: error: GH006: Protected branch update failed for refs/heads/main.', 'protected'],
    ['remote: GitLab: You are not allowed to push code to protected branches on this project.', 'protected'],
    ['remote: Not allowed to push to protected branch main', 'protected'],
    [' ! [remote rejected] a -> main (pre-receive hook declined)', 'hook'],
    ['fatal: unable to update url base from redirection:', 'redirected'],
    ['error: remote unpack failed: index-pack failed', 'damaged'],
    ['fatal: the remote end hung up: shallow update not allowed', 'shallow'],
  ])('%j is %s', (stderr, trouble) => {
    expect(troubleOf(remoteError('push', 'https://x', spoken(stderr), []))).toBe(trouble);
  });

  it('is told with what the other side said, without secrets and without what steers a terminal', () => {
    const stderr = 'remote: \u001b[31mno hunter2 here\u202e\nremote: https://ci:other@x\nfatal: hook declined';
    const { message } = remoteError(
      'push',
      'https://x',
      spoken(stderr, '! [remote rejected] (pre-receive hook declined)'),
      ['hunter2'],
    );
    expect(message).toContain('no **** here');
    expect(message).toContain('https://x');
    // eslint-disable-next-line no-control-regex -- none may be left
    expect(message).not.toMatch(/hunter2|other@|[\u0000-\u001f\u202e]/);
  });

  it('is told in the words of git, without secrets, where they are not known here', () => {
    const error = remoteError('push', 'https://x', spoken('fatal: flux capacitor hunter2'), ['hunter2']);
    expect(error.message).toMatch(/reason that Claworc does not know.*flux capacitor \*\*\*\*/);
    expect(error.message).not.toMatch(/no answer|hunter2/);
  });

  it('names the cause that git tells first, not what follows upon it', () => {
    const stderr =
      "fatal: '/srv/x' does not appear to be a git repository\nfatal: Could not read from remote repository.";
    expect(remoteError('fetch', '/srv/x', spoken(stderr), []).message).toContain('does not appear to be');
  });

  it('is a lost race and no trouble where main has only moved', () => {
    const out = (words: string): string => `To x\n!\ta:refs/heads/main\t${words}\nDone`;
    expect(isRejected(spoken('', out('[rejected] (fetch first)')))).toBe(true);
    expect(isRejected(spoken('', out('[remote rejected] (failed to update ref)')))).toBe(true);
    expect(isRejected(spoken('', out('[remote rejected] (pre-receive hook declined)')))).toBe(false);
    expect(isRejected(spoken('', out('[remote rejected] (protected branch hook declined)')))).toBe(false);
  });
});
