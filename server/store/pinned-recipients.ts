import Type from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { text } from './rows.ts';

const Row = Type.Object({ recipient: text });

/** age recipients that API keys may be sealed for; empty before the first claworc.yaml was read. */
export function listPinnedRecipients(read: Reader): string[] {
  return read.all(Row, 'SELECT recipient FROM pinned_recipients ORDER BY recipient').map(({ recipient }) => recipient);
}

/** Puts these in the place of all that were pinned; one that was pinned already keeps its time and name. */
export function pinRecipients(tx: Transactor, recipients: readonly string[], at: string, by: string): void {
  const wanted = new Set(recipients);
  for (const known of listPinnedRecipients(tx)) {
    if (!wanted.has(known)) tx.run('DELETE FROM pinned_recipients WHERE recipient = ?', known);
  }
  for (const recipient of wanted) {
    tx.run(
      'INSERT INTO pinned_recipients (recipient, accepted_at, accepted_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      recipient,
      at,
      by,
    );
  }
}
