/** What of a commit object says who made it, and is signed. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly committer: string;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  /** What is signed: all of the object but the signature. */
  readonly payload: Buffer;
  /** Undefined: it is not signed. */
  readonly signature: string | undefined;
  /** More than one signature is for several formats of objects, and no tool shows which one counts. */
  readonly isAmbiguous: boolean;
}

const HEADERS = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' } as const;
export type ObjectFormat = keyof typeof HEADERS;

export function formatOf(id: string): ObjectFormat {
  return id.length === 64 ? 'sha256' : 'sha1';
}

/** Reads a commit as `git cat-file commit` gives it. Undefined for bytes that are none. */
export function readCommitObject(bytes: Buffer, format: ObjectFormat): CommitObject | undefined {
  const end = bytes.indexOf('\n\n');
  // latin1: each byte stays one letter, in whatever encoding the names are.
  const head = (end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  const body = end < 0 ? '' : bytes.subarray(end).toString('latin1');
  const kept: string[] = [];
  const signature: string[] = [];
  let signatures = 0;
  let isIn = false;
  for (const line of head.split('\n')) {
    if (isIn && line.startsWith(' ')) {
      signature.push(line.slice(1));
      continue;
    }
    isIn = line.startsWith('gpgsig');
    if (!isIn) kept.push(line);
    else {
      signatures += 1;
      const prefix = `${HEADERS[format]} `;
      if (line.startsWith(prefix)) signature.push(line.slice(prefix.length));
      else signatures += 1;
    }
  }
  const tree = /^tree ([0-9a-f]+)$/.exec(kept[0] ?? '')?.[1];
  const committer = kept.findLast((line) => line.startsWith('committer '));
  const [, who, seconds] = /^committer (.*) (\d{1,12}) [+-]\d{4}$/.exec(committer ?? '') ?? [];
  if (tree === undefined || who === undefined) return undefined;
  return {
    tree,
    parents: kept.flatMap((line) => /^parent ([0-9a-f]+)$/.exec(line)?.[1] ?? []),
    committer: Buffer.from(who, 'latin1').toString('utf8'),
    committedAt: Number(seconds) * 1000,
    payload: Buffer.from(`${kept.join('\n')}${end < 0 ? '' : body}`, 'latin1'),
    signature: signatures === 0 ? undefined : `${signature.join('\n')}\n`,
    isAmbiguous: signatures > 1,
  };
}

/** The object with a signature of all of it, where git puts one: behind the other lines of its head. */
export function signedCommit(payload: Buffer, signature: string, format: ObjectFormat): Buffer {
  const end = payload.indexOf('\n\n') + 1;
  const lines = signature.trimEnd().split('\n').join('\n ');
  return Buffer.concat([payload.subarray(0, end), Buffer.from(`${HEADERS[format]} ${lines}\n`), payload.subarray(end)]);
}
