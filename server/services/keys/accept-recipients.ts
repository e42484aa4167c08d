import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Settings } from '../../http/schemas/settings.ts';
import { addAudit } from '../../store/audit.ts';
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
  const at = isoSeconds(context.clock);
  const actor = context.author.name;
  context.store.transact((tx) => {
    pinRecipients(tx, named, at, actor);
    addAudit(tx, {
      at,
      actor,
      action: 'accept-recipients',
      subject: 'claworc.yaml',
      editId: null,
      detail: `Seal API keys for ${named.join(', ')}`,
    });
  });
  return getSettings(context);
}
