import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../../server/cli/program.ts';
import { ClaworcError, messageOf } from '../../../server/lib/errors.ts';
import { git } from '../../support/person-git.ts';
import { checkoutOf, filesIn, recordingIo } from './checkout.ts';

export const PERSON = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent' };

/** A remote with two bots on main, rendered, and a clone of it. */
export async function cloned() {
  const { folder: seed, synth } = checkoutOf(2);
  await synth();
  git(seed, 'init', '-q', '-b', 'main');
  git(seed, 'add', '.');
  git(seed, 'commit', '-qm', 'Two bots');
  const remote = join(seed, '..', 'remote.git');
  const folder = join(seed, '..', 'clone');
  git(seed, 'clone', '-q', '--bare', seed, remote);
  git(seed, 'clone', '-q', remote, folder);
  git(folder, 'config', 'user.name', 'Grace');
  git(folder, 'config', 'user.email', 'grace@example.com');
  const change = (name: string, from: string | RegExp, to: string): void => {
    const path = join(folder, 'instances', `${name}.yaml`);
    const text = filesIn(folder).get(`instances/${name}.yaml`) ?? '';
    writeFileSync(path, text.replace(from, to));
  };
  const run = async (...args: readonly string[]) => {
    const io = recordingIo();
    const { signal } = new AbortController();
    const invocation = { io, cwd: folder, env: PERSON, root: folder, version: '0', signal };
    const code = await runProgram(['propose', ...args], invocation).catch((error: unknown) => {
      io.err(messageOf(error));
      return error instanceof ClaworcError && error.code === 'usage' ? 2 : 1;
    });
    return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
  };
  const onRemote = (what: string): string => git(remote, 'show', what);
  const branches = (): string[] => git(remote, 'branch', '--format=%(refname:short)').trim().split('\n');
  return { folder, remote, change, run, onRemote, branches };
}
