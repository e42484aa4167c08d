import { resolve } from 'node:path';
import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { folderIn } from '../../services/commands/folder-in.ts';
import { findNamespaceChange } from '../../services/commands/namespace-change.ts';
import { readRepoFolder } from '../../services/commands/synth-folder.ts';
import { runVerify, type VerifyFormat } from '../verify.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly format: VerifyFormat;
}

export async function verify(
  { repo = '.', path, anyOwner, json, format }: Options,
  { io, cwd, version }: Invocation,
): Promise<ExitCode> {
  const folder = folderIn(resolve(cwd, repo), path);
  const change = await findNamespaceChange(folder, readRepoFolder(folder, { tellsFolders: true }).files, anyOwner);
  return runVerify({ repo, cwd, path, json, format, version, beside: change === null ? [] : [change] }, io);
}
