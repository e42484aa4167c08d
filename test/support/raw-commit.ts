import { execFileSync } from 'node:child_process';

/** A file, or whatever else a tree can name: `120000` is a link, `160000` a submodule. */
export interface RawEntry {
  readonly mode: string;
  readonly content: string | Buffer;
}

export interface RawCommit {
  /** By path; each part of it may be any name at all. Null takes a path away. */
  readonly entries: ReadonlyMap<string, RawEntry | null>;
  /** @default 'Raw' */
  readonly message?: string;
  /** @default 'Eve' */
  readonly author?: string;
}

/** Writes a commit on top of `parent` byte by byte, past everything that git would refuse to add; gives its id. */
export function writeRawCommit(repository: string, parent: string, { entries, message, author }: RawCommit): string {
  const git = (args: readonly string[], input: string | Buffer = ''): string =>
    execFileSync('git', [...args], { cwd: repository, input, maxBuffer: 256 * 1024 * 1024 }).toString();
  const write = (type: string, bytes: string | Buffer): string =>
    git(['hash-object', '-w', '-t', type, '--literally', '--stdin'], bytes).trim();

  const root: Folder = { below: new Map() };
  for (const line of git(['ls-tree', '-r', '-z', '--full-tree', parent]).split('\0')) {
    const [, mode = '', oid = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
    if (path !== '') place(root, path.split('/'), { mode, oid });
  }
  const known = new Map<string | Buffer, string>();
  for (const [path, entry] of entries) {
    if (entry === null) {
      place(root, path.split('/'), undefined);
      continue;
    }
    const { mode, content } = entry;
    const oid = mode === '160000' ? String(content) : (known.get(content) ?? write('blob', content));
    known.set(content, oid);
    place(root, path.split('/'), { mode, oid });
  }
  const who = `${author ?? 'Eve'} <eve@example.com> 1700000000 +0000`;
  const tree = writeTree(root, write);
  return write('commit', `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\n${message ?? 'Raw'}\n`);
}

interface Leaf {
  readonly mode: string;
  readonly oid: string;
}
interface Folder {
  readonly below: Map<string, Leaf | Folder>;
}

function place({ below }: Folder, [name = '', ...rest]: readonly string[], leaf: Leaf | undefined): void {
  if (rest.length === 0) {
    if (leaf === undefined) below.delete(name);
    else below.set(name, leaf);
    return;
  }
  const there = below.get(name);
  const folder: Folder = there !== undefined && 'below' in there ? there : { below: new Map() };
  below.set(name, folder);
  place(folder, rest, leaf);
}

function writeTree({ below }: Folder, write: (type: string, bytes: Buffer) => string): string {
  const entries = [...below].map(([name, node]) => {
    const isFolder = 'below' in node;
    const [mode, oid] = isFolder ? ['40000', writeTree(node, write)] : [node.mode.replace(/^0/, ''), node.oid];
    // git sorts a folder as if its name ended with a slash.
    const order = Buffer.from(isFolder ? `${name}/` : name);
    return { order, bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]) };
  });
  return write('tree', Buffer.concat(entries.sort((a, b) => a.order.compare(b.order)).map(({ bytes }) => bytes)));
}
