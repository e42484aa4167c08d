import { formatIdentity, COMMITTER } from '../identity.ts';
import type { CommitRequest } from '../fast-import.ts';

/** The commit object that a request becomes with this tree, byte for byte as fast-import writes it. */
export function commitPayload(
  { parent, joins, author, at, message }: Omit<CommitRequest, 'changes'>,
  tree: string,
): Buffer {
  const seconds = Math.floor(Date.parse(at) / 1000);
  const lines = [
    `tree ${tree}`,
    ...[parent, joins ?? null].flatMap((each) => (each === null ? [] : [`parent ${each}`])),
    `author ${formatIdentity(author)} ${seconds} +0000`,
    `committer ${formatIdentity(COMMITTER)} ${seconds} +0000`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`);
}
