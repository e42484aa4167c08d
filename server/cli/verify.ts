import { resolve } from 'node:path';
import { verifyRepo } from '../../constructs/repo/verify-repo.ts';
import { errorsOnly, type RepoFiles, type UnitProblem } from '../../constructs/repo/repo.ts';
import { formatProblem } from '../../constructs/schema/explain/format-problem.ts';
import { TREE_CAPS } from '../git/read/read-tree.ts';
import { withoutFullFolders, withoutLargeFolders } from '../git/read/tree-limits.ts';
import { locateFolder } from '../git/folder/locate.ts';
import { prefixOf } from '../git/folder/subfolder.ts';
import { ClaworcError } from '../lib/errors.ts';
import { folderIn } from '../services/commands/folder-in.ts';
import { readRepoFolder } from '../services/commands/synth-folder.ts';
import { annotationsOf } from '../services/annotations/of-problems.ts';
import { githubCommands } from '../services/annotations/github.ts';
import { gitlabReport } from '../services/annotations/gitlab.ts';
import { junitReport } from '../services/annotations/junit.ts';
import { sarifLog } from '../services/annotations/sarif.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

export type VerifyFormat = 'text' | 'github' | 'gitlab' | 'sarif' | 'junit';

export interface VerifyCommand {
  /** The checkout; relative to `cwd`. */
  readonly repo: string;
  readonly cwd: string;
  /** Where in the checkout the instances repo lies. @default its top */
  readonly path?: string | undefined;
  readonly json: boolean;
  /** @default text */
  readonly format?: VerifyFormat;
  /** Of this program, for reports that name it. */
  readonly version?: string;
  /** What no file says by itself, as a change against an earlier commit. @default none */
  readonly beside?: readonly UnitProblem[];
}

/** `claworc verify`: 0 when a checkout is fit to be applied, 1 with every problem by file, line and column. */
export function runVerify(command: VerifyCommand, io: Io): ExitCode {
  const folder = folderIn(resolve(command.cwd, command.repo), command.path);
  const read = readRepoFolder(folder, { tellsFolders: true });
  if (read.files.size === 0 && read.refused.length === 0) {
    throw new ClaworcError('not_found', `${folder} holds no instances repo: there is no claworc.yaml.`, {
      subject: folder,
    });
  }
  const { files, refused: beyond } = withinLimits(read.files);
  const refused: UnitProblem[] = [...read.refused, ...beyond].map(({ path, reason }) => ({
    file: path,
    field: '',
    message: reason,
    unit: null,
    severity: 'error',
  }));
  // What lies below a folder that was not read is not known to be missing.
  const isRefused = (file: string): boolean =>
    refused.some(
      (entry) => file === entry.file || file.startsWith(entry.file.endsWith('/') ? entry.file : `${entry.file}/`),
    );
  const problems = [...(command.beside ?? []), ...refused, ...verifyRepo(files).filter(({ file }) => !isRefused(file))];
  const errors = errorsOnly(problems).length;
  if (command.json) io.out(JSON.stringify({ ok: errors === 0, problems }, null, 2));
  else tell(command, problems, { files: read.files, prefix: prefixOf(locateFolder(folder).path) }, io);
  return errors === 0 ? EXIT.ok : EXIT.failed;
}

function tell(
  { format = 'text', version = '' }: VerifyCommand,
  problems: readonly UnitProblem[],
  { files, prefix }: { readonly files: RepoFiles; readonly prefix: string },
  io: Io,
): void {
  const annotations = annotationsOf(problems);
  switch (format) {
    case 'github':
      for (const line of githubCommands(annotations, prefix)) io.command(line);
      break;
    case 'gitlab':
      io.out(gitlabReport(annotations, prefix));
      break;
    case 'sarif':
      io.out(sarifLog(annotations, version, prefix));
      break;
    case 'junit':
      io.out(junitReport(annotations, files.keys(), prefix));
      break;
    case 'text':
      report(problems, errorsOnly(problems).length, files, io);
      break;
  }
}

/** The server leaves out the folder of a unit that is too full, and so would hold its unit. */
function withinLimits(files: RepoFiles) {
  const entries = [...files].map(([path, bytes]) => ({ path, bytes }));
  const few = withoutFullFolders(entries, TREE_CAPS.unitFiles);
  const small = withoutLargeFolders(few.entries, ({ bytes }) => bytes.length, TREE_CAPS.unitBytes);
  return {
    files: new Map(small.entries.map(({ path, bytes }) => [path, bytes])),
    refused: [...few.refused, ...small.refused],
  };
}

function report(problems: readonly UnitProblem[], errors: number, files: ReadonlyMap<string, unknown>, io: Io): void {
  for (const problem of problems) {
    io.out(problem.severity === 'warning' ? `warning: ${formatProblem(problem)}` : formatProblem(problem));
  }
  const records = [...files.keys()].filter((path) => path.startsWith('instances/')).length;
  const warnings = problems.length - errors;
  io.out(`verify: ${files.size} files, ${records} records, ${errors} errors, ${warnings} warnings`);
}
