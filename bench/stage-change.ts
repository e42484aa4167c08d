import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRepo, synthRepo } from '../constructs/repo/index.ts';
import { commitFiles } from './program.ts';

/** No branch, which the server would take as a proposal. */
const NEXT = 'refs/bench/next';

/** A commit on top of main that changes the CPU limit of one bot, rendered, on a ref of its own. */
export function stageChange(repo: string, files: ReadonlyMap<string, string>, bot: string, cpu: string): void {
  const own = [...files].filter(([path]) => path === 'claworc.yaml' || path.includes(`/${bot}`));
  const record = files.get(`instances/${bot}.yaml`) ?? '';
  const changed =
    record.replace(/\n {2}resources:\n(?: {4}.*\n)+/, '\n') + `  resources:\n    limits:\n      cpu: ${cpu}\n`;
  const next = new Map([...own, [`instances/${bot}.yaml`, changed]]);
  const { changes } = synthRepo(readRepo(new Map([...next].map(([path, text]) => [path, Buffer.from(text)]))), {
    at: '2026-11-22T10:00:00Z',
    by: 'bench',
  });
  const written = new Map([[`instances/${bot}.yaml`, changed]]);
  for (const [path, text] of changes) if (text !== null) written.set(path, text);
  commitFiles(repo, written, `More for ${bot}`, { branch: NEXT, from: 'refs/heads/main' });
}

/** As git does it: the new content beside it, and one rename. */
export function moveMain(repo: string): void {
  const main = join(repo, 'refs', 'heads', 'main');
  writeFileSync(`${main}.lock`, readFileSync(join(repo, NEXT)));
  renameSync(`${main}.lock`, main);
}
