import { manifestFolder } from '../../../constructs/repo/paths.ts';
import type { CommitRequest, TreeChanges } from '../../git/fast-import.ts';
import { EDIT_TRAILER, type Trailers } from '../../git/message.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';

/** What `formatMessage` makes a message of. */
export interface CommitWords {
  readonly subject: string;
  readonly body?: readonly string[];
  readonly trailers: Trailers;
}

/** The commit of an edit that leaves `changes`; the same again for the same edit. */
export function commitOfEdit(
  edit: EditRow,
  changes: TreeChanges,
  handEdited: ReadonlySet<string>,
): Pick<CommitRequest, 'changes' | 'author' | 'at'> & { readonly message: CommitWords } {
  const replaced = [...new Set(edit.changes.map(unitOf))].filter((unit) => handEdited.has(unit));
  return {
    changes,
    author: edit.author,
    at: edit.at,
    message: {
      subject: edit.message,
      body: replaced.map((unit) => `Replaces what was edited by hand in ${manifestFolder(unit)}.`),
      trailers: { [EDIT_TRAILER]: edit.id },
    },
  };
}
