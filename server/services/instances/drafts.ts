import type { Instance } from '../../http/schemas/instance.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedInstance } from './edited.ts';
import { viewEdited } from './list.ts';

/**
 * Gives up the drafts of a bot. Throws `not_found`, and `conflict` when there is none, or it is being published just
 * now. A bot that was only a draft is gone then; its last row is the answer.
 */
export function discardDraft(context: AppContext, id: string): Instance {
  const desired = readEditedInstance(context.store.reader, id);
  const discarded = desired.drafts.filter((draft) => context.publisher.discardDraft(draft.id));
  if (discarded.length === 0) {
    throw new ClaworcError('conflict', `${desired.row.name} has no draft that could be discarded.`);
  }
  for (const { id: editId, message } of discarded) {
    context.store.transact((tx) =>
      addAudit(tx, {
        at: new Date(context.clock.now()).toISOString(),
        actor: context.author.name,
        action: 'discard',
        subject: desired.row.name,
        editId,
        detail: `Discard: ${message}`,
      }),
    );
  }
  context.bus.touch([desired.row.name]);
  return viewEdited(context, { ...desired, record: desired.row.record ?? desired.record, drafts: [] });
}
