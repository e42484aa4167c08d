import type { Git } from '../client.ts';

/** Bytes of some paths at a commit; a path that has no file there is left out. */
export async function readPaths(
  git: Git,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const askable = paths.filter((path) => !/[\n\0]/.test(path));
  const found = new Map<string, Uint8Array>();
  if (askable.length === 0) return found;
  const input = askable.map((path) => `${commit}:${path}\n`).join('');
  const output = await git.catFile(['--batch'], { input });
  let at = 0;
  for (const path of askable) {
    const end = output.indexOf(10, at);
    const [, type, size = '0'] = output.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (!isObject(type)) continue;
    if (type === 'blob') found.set(path, new Uint8Array(output.subarray(at, at + Number(size))));
    at += Number(size) + 1;
  }
  return found;
}

/** Anything else is git's word for an object that isn't there. */
function isObject(type: string | undefined): boolean {
  return type === 'blob' || type === 'tree' || type === 'commit' || type === 'tag';
}
