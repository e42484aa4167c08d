/** One entry of a commit's tree. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly oid: string;
  readonly path: string;
}

/** The entries of `git ls-tree -r -z`, at most `most` at once. */
export function* parseTree(output: string, most: number): Generator<TreeEntry[]> {
  let part: TreeEntry[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf('\0', at);
    const stop = end < 0 ? output.length : end;
    const tab = output.indexOf('\t', at);
    const [mode = '', type = '', oid = ''] = output.slice(at, tab).split(' ');
    part.push({ mode, type, oid, path: output.slice(tab + 1, stop) });
    at = stop + 1;
    if (part.length < most) continue;
    yield part;
    part = [];
  }
  yield part;
}

const REFUSED: Readonly<Record<string, string>> = {
  '100755': 'is executable; files of an instances repo are plain files (mode 100644)',
  '120000': 'is a symbolic link; files of an instances repo are plain files',
  '160000': 'is a submodule; an instances repo has none',
};

/** Why an entry is not read, in words; undefined for a plain file. */
export function refusalOf(entry: TreeEntry): string | undefined {
  if (entry.mode === '100644') return undefined;
  return REFUSED[entry.mode] ?? `has the mode ${entry.mode}; files of an instances repo are plain files`;
}
