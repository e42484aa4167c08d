import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Reader, Transactor } from './connection.ts';
import { findProposalOf, getProposal, HeldSchema, type ProposalRow } from './proposals.ts';
import { integer, nullableText, text } from './rows.ts';

const Row = Type.Object({ number: integer, unnoted: integer });

/** What git keeps of a proposal beside its branch: with it a database that was lost has the same numbers again. */
const ProposalNoteSchema = Type.Object({
  title: text,
  description: text,
  branch: text,
  author: text,
  state: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('closed')]),
  openedAt: text,
  closedAt: nullableText,
  head: nullableText,
  mergedAs: nullableText,
  held: HeldSchema,
  forge: Type.Union([Type.Object({ number: integer, url: text }), Type.Null()]),
});
export type ProposalNote = Static<typeof ProposalNoteSchema>;

/** Undefined for a text that is none of ours. */
export function readProposalNote(text: string): ProposalNote | undefined {
  try {
    const note: unknown = JSON.parse(text);
    return Check(ProposalNoteSchema, note) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** A proposal that git has not as it is here. */
export interface UnnotedProposal {
  readonly row: ProposalRow;
  /** For `noteProposal`. */
  readonly changes: number;
}

/** Some whose note is due, but for those that may yet be withdrawn. */
export function listUnnoted(read: Reader, limit: number): readonly UnnotedProposal[] {
  const sql = `SELECT number, unnoted FROM proposals
    WHERE unnoted > 0 AND NOT (state = 'open' AND head_id IS NULL AND opened_with IS NOT NULL) ORDER BY number LIMIT ?`;
  return read.all(Row, sql, limit).flatMap(({ number, unnoted }) => {
    const row = getProposal(read, number);
    return row === undefined ? [] : [{ row, changes: unnoted }];
  });
}

/** Git has it as it was when `changes` was read. */
export function noteProposal(tx: Transactor, number: number, changes: number): void {
  tx.run('UPDATE proposals SET unnoted = 0 WHERE number = ? AND unnoted = ?', number, changes);
}

/** Adds a proposal under its number; false where the number, or its open branch, is another's. */
export function restoreProposal(tx: Transactor, number: number, note: ProposalNote): boolean {
  const other = findProposalOf(tx, note.branch);
  if (getProposal(tx, number) !== undefined || (note.state === 'open' && other?.state === 'open')) return false;
  tx.run(
    `INSERT INTO proposals (number, title, description, branch, author, state, opened_at, closed_at, head_id, merged_id,
       held, forge_number, forge_url, unnoted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
    number,
    note.title,
    note.description,
    note.branch,
    note.author,
    note.state,
    note.openedAt,
    note.closedAt,
    note.head,
    note.mergedAs,
    JSON.stringify(note.held),
    note.forge?.number ?? null,
    note.forge?.url ?? null,
  );
  return true;
}

/** Lets the next proposal have a number beyond this one. */
export function reserveNumbers(tx: Transactor, upTo: number): void {
  tx.run(
    `INSERT INTO sqlite_sequence (name, seq) SELECT 'proposals', 0
     WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'proposals')`,
  );
  tx.run(`UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'proposals'`, upTo);
}
