import { ClaworcError } from '../../lib/errors.ts';
import { fsckExitCode } from '../../reconcile/once/fsck-repo.ts';
import { formatFsck, fsckData } from '../../reconcile/once/fsck-words.ts';
import { fsckOnce } from '../../services/commands/one-shot.ts';
import type { Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { settle, type ClusterCommandOptions } from './apply.ts';

interface Options extends ClusterCommandOptions {
  readonly repair: boolean;
  readonly yes: boolean;
  readonly remove: readonly string[];
}

/** `claworc fsck`: reads the namespace once; only with `--repair --yes` it writes. */
export async function fsck(options: Options, invocation: Invocation): Promise<ExitCode> {
  const { repair, yes, remove, json } = options;
  if (yes && !repair) throw new ClaworcError('usage', '--yes carries out what --repair shows: give both.');
  const report = await fsckOnce(settle(options, invocation), { repair: repair && yes, remove });
  const mode = repair ? (yes ? 'repair' : 'show') : 'look';
  invocation.io.out(json ? JSON.stringify(fsckData(report), null, 2) : formatFsck(report, { mode }));
  return fsckExitCode(report);
}
