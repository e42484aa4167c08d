import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Settings } from '../../http/schemas/settings.ts';
import { addAudit } from '../../store/audit.ts';
import type { Transactor } from '../../store/connection.ts';
import { pinRecipients } from '../../store/pinned-recipients.ts';
import type { AppContext } from '../app-context.ts';
import { getSettings } from '../fleet/settings.ts';
import { readRecipients } from './recipients.ts';

/**
 * From now on keys are sealed for the recipients that claworc.yaml names. `seen` is what the person saw; throws `conflict`
 * where main names others meanwhile. Keys that are sealed already stay as they are.
 */
export function acceptRecipients(context: AppContext, seen: readonly string[]): Settings {
  const { named } = readRecipients(context.store.reader);
  if (seen.length === 0 || seen.toSorted().join() !== named.toSorted().join()) {
    throw new ClaworcError(
      'conflict',
      `claworc.yaml names ${named.length === 0 ? 'nobody' : named.join(', ')} now; load the settings again.`,
      { field: 'recipients' },
    );
  }
  const { clock, author } = context;
  context.store.transact((tx) => pinAccepted(tx, { recipients: named, clock, actor: author.name }));
  return getSettings(context);
}

/** Puts what a person accepted into the database, and who it was into the audit trail. */
export function pinAccepted(
  tx: Transactor,
  {
    recipients,
    clock,
    actor,
  }: { readonly recipients: readonly string[]; readonly clock: Clock; readonly actor: string },
): void {
  const at = isoSeconds(clock);
  pinRecipients(tx, recipients, at, actor);
  addAudit(tx, {
    at,
    actor,
    action: 'accept-recipients',
    subject: 'claworc.yaml',
    editId: null,
    detail: `Seal API keys for ${recipients.join(', ')}`,
  });
}
