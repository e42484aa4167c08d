import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { ProgramUnavailable } from '../../control-plane/unavailable.ts';
import { runGit } from '../git-process.ts';
import { sshCommand } from '../ssh-key.ts';
import { tempFolder } from '../temp-folder.ts';
import { startSshd, type Sshd } from './sshd.ts';

test('serves what was pushed to it', async (context) => {
  const sshd = await started(context);
  const { url } = await sshd.createRepository('bots');
  const work = await committed();
  const env = { GIT_SSH_COMMAND: sshCommand(sshd.keyFile, sshd.knownHostsFile) };

  const push = await runGit(work, ['push', url, 'main'], env);
  const clone = await runGit(work, ['clone', url, 'copy'], env);

  expect([push.code, clone.code], push.stderr + clone.stderr).toEqual([0, 0]);
  const heads = await Promise.all([work, join(work, 'copy')].map((folder) => runGit(folder, ['rev-parse', 'HEAD'])));
  expect(heads[1]!.stdout).toBe(heads[0]!.stdout);
});

test('refuses a key that nobody let in', async (context) => {
  const sshd = await started(context);
  const { url } = await sshd.createRepository('bots');

  const { code, stderr } = await lsRemote(url, sshCommand(sshd.strangerKeyFile, sshd.knownHostsFile));

  expect(code).toBe(128);
  expect(stderr).toContain('Permission denied (publickey)');
});

test('runs nothing but the commands of git', async (context) => {
  const sshd = await started(context);
  const ssh = sshCommand(sshd.keyFile, sshd.knownHostsFile);

  const login = await runGit(tempFolder(), [
    '-c',
    `alias.login=!${ssh} -p ${sshd.port} ${sshd.user}@${sshd.host} id`,
    'login',
  ]);

  expect(login.code).not.toBe(0);
  expect(login.stderr).toContain("unrecognized command 'id'");
});

test('is taken for an impostor after its host key has changed', async (context) => {
  const sshd = await started(context);
  const { url } = await sshd.createRepository('bots');
  const ssh = sshCommand(sshd.keyFile, sshd.knownHostsFile);
  expect((await lsRemote(url, ssh)).code).toBe(0);

  await sshd.changeHostKey();
  const { code, stderr } = await lsRemote(url, ssh);

  expect(code).toBe(128);
  expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
});

/** An SSH server for one test; where it can't be had the test is skipped, and on CI it fails. */
async function started({ skip }: TestContext): Promise<Sshd> {
  try {
    const sshd = await startSshd();
    onTestFinished(() => sshd.stop());
    return sshd;
  } catch (error) {
    if (!(error instanceof ProgramUnavailable) || process.env.CI === 'true') throw error;
    return skip(error.message);
  }
}

async function committed(): Promise<string> {
  const work = tempFolder();
  await runGit(work, ['init', '--initial-branch=main']);
  await runGit(work, ['commit', '--allow-empty', '--message', 'first']);
  return work;
}

function lsRemote(url: string, ssh: string) {
  return runGit(tempFolder(), ['ls-remote', url], { GIT_SSH_COMMAND: ssh });
}
