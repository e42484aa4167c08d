import { recordPath } from '../../../constructs/repo/paths.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';

/** Goes on from a file's name, where main demands signatures and no commit that counts brought what the file held then. */
export function whyUnsigned({ signing }: Pick<Snapshot, 'signing'>, path: string): string | undefined {
  const found = signing.unsigned.get(path);
  return found && `was changed by ${found.commit.slice(0, 8)}, which ${found.words}`;
}

/** What a person has to know of such a record: the restore is signed, whatever it brings back. */
export function unsignedRecord(then: Pick<Snapshot, 'signing'>, name: string): readonly string[] {
  const why = whyUnsigned(then, recordPath(name));
  return why === undefined ? [] : [`Its record of then ${why}: look at each field that comes back.`];
}
