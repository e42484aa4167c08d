import { randomUUID } from 'node:crypto';
import { oneLine } from '../../git/message.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { unitOf, type DocumentChange, type Edit, type EditConflict } from '../../store/edit.ts';
import { addAudit, EDIT_ACTION } from '../../store/audit.ts';
import { getFleet } from '../../store/fleet.ts';
import type { AppContext } from '../app-context.ts';
import { whyNotDirect } from '../proposals/main-takes.ts';
import { note } from '../proposals/note.ts';
import { newProposal } from '../proposals/new-proposal.ts';
import { choiceOf } from '../publish/choices.ts';
import { apiFieldOf } from './fields.ts';

/** What a write is going to do: one commit. No changes means that everything is as wanted already. */
export interface PlannedWrite {
  /** Subject of the commit. */
  readonly message: string;
  readonly changes: readonly DocumentChange[];
}

export interface Written<T> {
  /** False while the commit is still on its way: the value is a draft. */
  readonly published: boolean;
  readonly value: T;
}

/**
 * Submits a planned write and waits for its commit, on main or on the branch of a proposal, at most `writeTimeoutMs`. Throws `conflict` (with field, base,
 * theirs and mine) when main changed the same field meanwhile, or takes no change but by a proposal, and `git_refused` when
 * it can't be published as it is; in all cases nothing of it stays behind, nor of a proposal that it opened.
 */
export async function write(context: AppContext, { message, changes }: PlannedWrite): Promise<{ published: boolean }> {
  if (changes.length === 0) return { published: true };
  const { proposal, onProposal } = context.target ?? {};
  if (proposal === undefined) {
    const refusal = whyNotDirect(getFleet(context.store.reader)?.record, changes);
    if (refusal !== undefined) throw new ClaworcError('conflict', refusal, { field: 'proposal' });
  }
  const edit = editOf(context, { message, changes });
  const opening = typeof proposal === 'object' ? await newProposal(context, proposal) : undefined;
  const number = context.publisher.submit(edit, opening);
  audit(context, edit);
  if (number !== undefined) onProposal?.(number);
  if (typeof proposal === 'object' && number !== undefined) {
    note(context, number, 'propose', `Open proposal ${number}: ${oneLine(proposal.title)}`);
  }
  context.bus.touch(changes.map(unitOf));
  context.bus.publish({ name: 'activity', payload: { id: edit.id } });
  const settled = await context.publisher.settled(edit.id, context.writeTimeoutMs);
  switch (settled.state) {
    case 'published':
      return { published: true };
    case 'pending':
    case 'proposed':
      return { published: false };
    case 'conflict':
      context.publisher.discardDraft(edit.id);
      throw conflictError(settled.conflicts, choiceOf);
    case 'failed':
      context.publisher.discardDraft(edit.id);
      throw new ClaworcError('conflict', settled.detail);
    case 'discarded':
      throw new ClaworcError('conflict', 'This change was discarded before it was published.');
  }
}

/** The write as the publisher takes it, made now by the local person. */
export function editOf({ clock, author, target = {} }: AppContext, { message, changes }: PlannedWrite): Edit {
  const { proposal, choices } = target;
  return {
    id: randomUUID(),
    at: new Date(clock.now()).toISOString(),
    author,
    message,
    changes,
    ...(typeof proposal === 'number' ? { proposal } : {}),
    ...(choices === undefined ? {} : { choices }),
  };
}

/** 409 of the API: the first field at the top, all of them under `conflicts`; with a name where they can be chosen by it. */
export function conflictError(
  conflicts: readonly EditConflict[],
  nameOf?: (conflict: EditConflict) => string,
): ClaworcError {
  const shown = conflicts.map((conflict) => ({
    unit: conflict.unit,
    field: apiFieldOf(conflict.field),
    base: conflict.base ?? null,
    theirs: conflict.theirs ?? null,
    mine: conflict.mine ?? null,
    ...(nameOf === undefined ? {} : { choice: nameOf(conflict) }),
  }));
  const [first] = shown;
  const what = shown.map(({ field }) => field || 'the bot itself').join(', ');
  return new ClaworcError('conflict', `Somebody else changed ${what} meanwhile; look at both values and save again.`, {
    ...(first === undefined ? {} : { field: first.field }),
    body: { ...first, conflicts: shown },
  });
}

function audit(context: AppContext, edit: Edit): void {
  const units = [...new Set(edit.changes.map(unitOf))];
  context.store.transact((tx) =>
    addAudit(tx, {
      at: edit.at,
      actor: edit.author.name,
      action: EDIT_ACTION,
      subject: units.join(', '),
      editId: edit.id,
      detail: edit.message,
    }),
  );
}
