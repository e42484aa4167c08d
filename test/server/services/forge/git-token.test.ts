import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { remoteChoice } from '../../../../server/cli/options.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { openMirror } from '../../../../server/services/publish/open-mirror.ts';
import { startGitHttp } from '../../../support/git-http/git-http.ts';
import { runGit } from '../../../support/git-process.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startLoopback } from '../../forge/loopback.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('a GitHub App', () => {
  it('opens a remote over https for git, with the token of its installation', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'app.pem'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const server = await startGitHttp({ users: { 'x-access-token': 'ghs_1' } });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const repository = await server.createRepository('acme/bots');
    const commit = await firstCommit(repository.url('x-access-token'));
    const api = await startLoopback('/api/v3', ({ method, path }) => {
      if (path === '/repos/acme/bots/installation') return { status: 200, body: { id: 42 } };
      const isToken = method === 'POST' && path === '/app/installations/42/access_tokens';
      return isToken
        ? { status: 201, body: { token: 'ghs_1', expires_at: new Date(Date.now() + 3_600_000).toISOString() } }
        : { status: 404, body: {} };
    });

    const remote = remoteChoice(
      { remote: repository.url(), forge: 'github', forgeUrl: api.url, forgeApp: '123', forgeAppKey: 'app.pem' },
      folder,
      {},
    )!;
    const mirror = await openMirror({ data: join(folder, 'data'), remote, log: silentLog });
    await mirror.pull();

    expect(await mirror.head()).toBe(commit);
    expect(api.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it.each([
    [{ remote: 'git@github.com:acme/bots', forgeApp: '1', forgeAppKey: 'k' }, 'opens a remote over https'],
    [{ remote: 'https://github.com/acme/bots', forgeApp: '1' }, 'together'],
    [{ remote: 'https://github.com/a/b', forgeApp: '1', forgeAppKey: 'k', remoteCredentials: 'f' }, 'not both'],
  ])('is refused at the start where it does not fit: %j', (options, words) => {
    expect(() => remoteChoice(options, '/', {})).toThrow(words);
  });
});

async function firstCommit(url: string): Promise<string> {
  const work = tempFolder();
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runGit(work, args);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };
  await run('init', '--quiet', '--initial-branch=main');
  await run('commit', '--allow-empty', '--message', 'first');
  await run('push', url, 'main');
  return run('rev-parse', 'HEAD');
}
