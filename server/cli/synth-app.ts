import { resolve } from 'node:path';
import { errorsOnly, readRepo, synthRepo } from '../../constructs/repo/index.ts';
import { withRefused } from '../../constructs/repo/refused-files.ts';
import { formatProblem } from '../../constructs/schema/explain/format-problem.ts';
import { readRepoFolder, writeRepoFolder } from '../services/commands/synth-folder.ts';
import { EXIT, terminalIo } from './io.ts';

/**
 * The app that `cdk8s synth` runs (cdk8s.yaml): renders the current folder into CDK8S_OUTDIR, which the cdk8s CLI has
 * emptied before. It writes rendered files only: removals, and keeping the files of broken records, are `npm run synth`.
 */
const outdir = process.env.CDK8S_OUTDIR ?? 'dist';
const read = readRepoFolder(process.cwd());
const onlyRecords = new Map([...read.files].filter(([path]) => !path.startsWith('dist/')));
const repo = withRefused(readRepo(onlyRecords), read.refused);
const { changes, problems } = synthRepo(repo, { at: '', by: '' });
const rendered = [...changes].filter(([path]) => path.startsWith('dist/'));
writeRepoFolder(resolve(outdir), new Map(rendered.map(([path, text]) => [path.slice('dist/'.length), text])));
for (const problem of problems) terminalIo.err(formatProblem(problem));
process.exitCode = errorsOnly(problems).length > 0 ? EXIT.failed : EXIT.ok;
