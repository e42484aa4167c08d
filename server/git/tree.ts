/** One entry of a commit's tree. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly oid: string;
  readonly path: string;
}

/** The entries of `git ls-tree -r -z`. */
export function parseTree(output: string): TreeEntry[] {
  return output
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', type = '', oid = ''] = line.slice(0, tab).split(' ');
      return { mode, type, oid, path: line.slice(tab + 1) };
    });
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
