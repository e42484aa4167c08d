import { ClaworcError } from '../lib/errors.ts';
import { inSlices } from '../lib/slices.ts';
import { COMMITTER, formatIdentity, type Author } from './identity.ts';

/** New content of a path; null removes it. */
export type TreeChanges = ReadonlyMap<string, string | Uint8Array | null>;

export interface CommitRequest {
  /** The commit that main must be at; null while main has no commit yet. */
  readonly parent: string | null;
  /** A second parent: the commit then joins that history to the first one. Its content is said by `changes` alone. */
  readonly joins?: string;
  readonly changes: TreeChanges;
  /** As `formatMessage` makes it. */
  readonly message: string;
  readonly author: Author;
  /** ISO 8601. Both dates of the commit, so that the same request gives the same commit again. */
  readonly at: string;
  /** Commits that come between `parent` and this one, oldest first; all get there, or none. */
  readonly before?: readonly Omit<CommitRequest, 'parent' | 'before'>[];
}

/** No dot in front, so no `..` and nothing that git or a tool reads as its own, but for these two. */
const PATH = /^([A-Za-z0-9_][A-Za-z0-9._-]*\/)*(\.sops\.yaml|\.gitattributes|[A-Za-z0-9_][A-Za-z0-9._-]*)$/;

export interface StreamOptions {
  /** Of the paths. @default '' */
  readonly prefix?: string;
  /**
   * For a git that stays: its objects are in the repository before the id is printed, and the end is not said.
   * @default false
   */
  readonly stays?: boolean;
  /** Whether the id is followed by a line `040000 tree <id>`. @default false */
  readonly tellsTree?: boolean;
}

/**
 * The input of `git fast-import --done` that writes a commit object and those `before` it, and prints its id, and with
 * `tellsTree` a line about its tree. It moves no ref: the branch it needs is forgotten again by `reset` without `from`. `done` at the end is demanded, so that a stream
 * cut short (the server killed while writing it) is an error and never half a commit. Lets other work in between.
 */
export async function fastImportStream(
  request: CommitRequest,
  { prefix = '', stays = false, tellsTree = false }: StreamOptions = {},
): Promise<Buffer> {
  const { parent, before = [] } = request;
  const parts: (string | Uint8Array)[] = stays ? [] : ['feature done\n'];
  for (const [index, each] of [...before, request].entries()) {
    const from = index === 0 ? parent : `:${index}`;
    parts.push(...(await commitCommands(each, index + 1, from, prefix)));
  }
  const mark = `:${before.length + 1}`;
  parts.push('reset refs/claworc/next\n\n', ...(stays ? ['checkpoint\n\n'] : []), `get-mark ${mark}\n`);
  if (tellsTree) parts.push(`ls ${mark} ""\n`);
  if (!stays) parts.push('done\n');
  return joined(parts);
}

async function commitCommands(
  { joins, changes, message, author, at }: Omit<CommitRequest, 'parent'>,
  mark: number,
  from: string | null,
  prefix: string,
): Promise<(string | Uint8Array)[]> {
  const seconds = Math.floor(Date.parse(at) / 1000);
  if (!Number.isFinite(seconds)) throw new ClaworcError('invalid', `no time: ${at}`);
  const parts: (string | Uint8Array)[] = [
    'commit refs/claworc/next\n',
    `mark :${mark}\n`,
    `author ${formatIdentity(author)} ${seconds} +0000\n`,
    `committer ${formatIdentity(COMMITTER)} ${seconds} +0000\n`,
    ...data(message),
    ...(from === null ? [] : [`from ${from}\n`]),
    ...(joins === undefined ? [] : [`merge ${joins}\n`]),
  ];
  for await (const path of inSlices([...changes.keys()].sort())) {
    const content = changes.get(path) ?? null;
    if (!PATH.test(path)) throw new ClaworcError('invalid', `no path of an instances repo: ${path}`, { subject: path });
    const name = `"${`${prefix}${path}`.replaceAll('"', '\\"')}"`;
    if (content === null) parts.push(`D ${name}\n`);
    else parts.push(`M 100644 inline ${name}\n`, ...data(content));
  }
  return parts;
}

function data(content: string | Uint8Array): (string | Uint8Array)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, '\n'];
}

/** As `Buffer.concat` would, with turns for others in between. */
async function joined(parts: readonly (string | Uint8Array)[]): Promise<Buffer> {
  const all = Buffer.allocUnsafe(parts.reduce((size, part) => size + Buffer.byteLength(part), 0));
  let at = 0;
  for await (const part of inSlices(parts)) {
    if (typeof part === 'string') at += all.write(part, at);
    else {
      all.set(part, at);
      at += part.byteLength;
    }
  }
  return all;
}
