import { resolve } from 'node:path';
import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { folderIn } from '../../services/commands/folder-in.ts';
import { policyOfBase } from '../../services/commands/policy-of-base.ts';
import { findNamespaceChange } from '../../services/commands/namespace-change.ts';
import { readRepoFolder } from '../../services/commands/synth-folder.ts';
import { runVerify, type VerifyFormat } from '../verify.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly format: VerifyFormat;
  readonly base?: string;
}

export async function verify(
  { repo = '.', path, anyOwner, json, format, base }: Options,
  { io, cwd, version }: Invocation,
): Promise<ExitCode> {
  const folder = folderIn(resolve(cwd, repo), path);
  const { files } = readRepoFolder(folder, { tellsFolders: true });
  const change = await findNamespaceChange(folder, files, anyOwner);
  const refused = base === undefined ? [] : await policyOfBase({ folder, files, anyOwner, base });
  return runVerify(
    { repo, cwd, path, json, format, version, beside: [...(change === null ? [] : [change]), ...refused] },
    io,
  );
}
