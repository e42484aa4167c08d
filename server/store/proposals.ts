import Type, { type Static } from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableInteger, nullableText, parseJson, text } from './rows.ts';

const Row = Type.Object({
  number: integer,
  title: text,
  description: text,
  branch: text,
  author: text,
  state: Type.Union([Type.Literal('open'), Type.Literal('merged'), Type.Literal('closed')]),
  opened_at: text,
  closed_at: nullableText,
  head_id: nullableText,
  merged_id: nullableText,
  held: text,
  trouble: text,
  forge_number: nullableInteger,
  forge_url: nullableText,
});

/** Of `HeldInProposal`. */
export const HeldSchema = Type.Object({
  head: nullableText,
  bots: Type.Array(text),
  commits: Type.Array(Type.Object({ id: text, message: text, author: text, at: text })),
});

/** What the branch of a proposal has at `head`: bots, and commits of people beside the edits made here. */
export type HeldInProposal = Static<typeof HeldSchema>;

const NumberRow = Type.Object({ number: integer });
const CountRow = Type.Object({ count: integer });

const COLUMNS = `number, title, description, branch, author, state, opened_at, closed_at, head_id, merged_id, held, trouble,
  forge_number, forge_url`;

/** What is known of a proposal beside its branch. */
export interface ProposalRow {
  readonly number: number;
  readonly title: string;
  readonly description: string;
  /** Short name. */
  readonly branch: string;
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** Where the branch was seen last; null before its first commit. */
  readonly head: string | null;
  /** The commit of main that has it. */
  readonly mergedAs: string | null;
  /** As of its branch when that was seen last; `commits` are those that people pushed to it, newest first. */
  readonly held: HeldInProposal;
  /** Why the remote does not have it as it is here, in words; empty where nothing is known to be wrong. */
  readonly trouble: string;
  /** Its pull request on the forge. */
  readonly forge: { readonly number: number; readonly url: string } | null;
}

export type NewProposal = Pick<ProposalRow, 'title' | 'description' | 'branch' | 'author' | 'openedAt' | 'head'> & {
  /** The edit that opens it, where one does. */
  readonly openedWith?: string;
  /** The number that it has elsewhere already. @default the next one, also where that is another's here */
  readonly number?: number | undefined;
};

function proposalOf(row: Static<typeof Row>): ProposalRow {
  const { number, title, description, branch, author, state } = row;
  const times = { openedAt: row.opened_at, closedAt: row.closed_at };
  return {
    ...{ number, title, description, branch, author, state, ...times },
    head: row.head_id,
    mergedAs: row.merged_id,
    held: parseJson(HeldSchema, row.held, 'proposals.held'),
    trouble: row.trouble,
    forge: row.forge_number === null ? null : { number: row.forge_number, url: row.forge_url ?? '' },
  };
}

/** Open ones first, and in both parts newest first. */
export function listProposals(read: Reader, limit = -1): ProposalRow[] {
  const sql = `SELECT ${COLUMNS} FROM proposals ORDER BY state = 'open' DESC, number DESC LIMIT ?`;
  return read.all(Row, sql, limit).map(proposalOf);
}

export function listOpenProposals(read: Reader): ProposalRow[] {
  return read.all(Row, `SELECT ${COLUMNS} FROM proposals WHERE state = 'open' ORDER BY number`).map(proposalOf);
}

export function countOpenProposals(read: Reader): number {
  return read.get(CountRow, `SELECT COUNT(*) AS count FROM proposals WHERE state = 'open'`)?.count ?? 0;
}

export function getProposal(read: Reader, number: number): ProposalRow | undefined {
  const row = read.get(Row, `SELECT ${COLUMNS} FROM proposals WHERE number = ?`, number);
  return row && proposalOf(row);
}

/** The newest proposal of a branch, in any state. */
export function findProposalOf(read: Reader, branch: string): ProposalRow | undefined {
  const row = read.get(Row, `SELECT ${COLUMNS} FROM proposals WHERE branch = ? ORDER BY number DESC LIMIT 1`, branch);
  return row && proposalOf(row);
}

/** Adds an open proposal and gives its number. */
export function addProposal(tx: Transactor, proposal: NewProposal): number {
  const { title, description, branch, author, openedAt, head, openedWith = null } = proposal;
  const isFree = proposal.number !== undefined && getProposal(tx, proposal.number) === undefined;
  return tx.run(
    `INSERT INTO proposals (number, title, description, branch, author, opened_at, head_id, opened_with)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    isFree ? (proposal.number ?? null) : null,
    title,
    description,
    branch,
    author,
    openedAt,
    head,
    openedWith,
  ).id;
}

/**
 * Takes away a proposal that an edit opened and that never got anything: nobody did more than try. Gives its number; undefined
 * where there is none such.
 */
export function withdrawProposal(tx: Transactor, editId: string): number | undefined {
  const row = tx.get(
    NumberRow,
    `SELECT number FROM proposals WHERE opened_with = ? AND state = 'open' AND head_id IS NULL AND NOT EXISTS
       (SELECT 1 FROM outbox WHERE proposal = number AND outbox.state <> 'discarded')`,
    editId,
  );
  if (row === undefined) return undefined;
  tx.run('UPDATE outbox SET proposal = NULL WHERE proposal = ?', row.number);
  tx.run('DELETE FROM proposals WHERE number = ?', row.number);
  return row.number;
}

export function putProposalHead(tx: Transactor, number: number, head: string): void {
  tx.run('UPDATE proposals SET unnoted = unnoted + (head_id IS NULL), head_id = ? WHERE number = ?', head, number);
}

export function putHeldInProposal(tx: Transactor, number: number, held: HeldInProposal): void {
  tx.run('UPDATE proposals SET held = ? WHERE number = ?', JSON.stringify(held), number);
}

/** Gives a proposal that has no branch yet another name for it. */
export function putProposalBranch(tx: Transactor, number: number, branch: string): void {
  tx.run('UPDATE proposals SET branch = ?, unnoted = unnoted + 1 WHERE number = ? AND head_id IS NULL', branch, number);
}

/** The proposal of a pull request. */
export function findProposalOfPull(read: Reader, pull: number): ProposalRow | undefined {
  const sql = `SELECT ${COLUMNS} FROM proposals WHERE forge_number = ? ORDER BY number DESC LIMIT 1`;
  const row = read.get(Row, sql, pull);
  return row && proposalOf(row);
}

export function putProposalForge(tx: Transactor, number: number, forge: ProposalRow['forge']): void {
  const sql = 'UPDATE proposals SET forge_number = ?, forge_url = ?, unnoted = unnoted + 1 WHERE number = ?';
  tx.run(sql, forge?.number ?? null, forge?.url ?? null, number);
}

export function putProposalText(
  tx: Transactor,
  number: number,
  { title, description, author }: Pick<ProposalRow, 'title' | 'description' | 'author'>,
): void {
  const sql = 'UPDATE proposals SET title = ?, description = ?, author = ?, unnoted = unnoted + 1 WHERE number = ?';
  tx.run(sql, title, description, author, number);
}

/** Whether that is news. */
export function putProposalTrouble(tx: Transactor, number: number, trouble: string): boolean {
  const sql = 'UPDATE proposals SET trouble = ? WHERE number = ? AND trouble <> ?';
  return tx.run(sql, trouble, number, trouble).changes > 0;
}

/** Ends an open proposal, or one that was closed before; false for one that main has already. */
export function endProposal(
  tx: Transactor,
  number: number,
  at: string,
  end: { readonly state: 'merged'; readonly as: string } | { readonly state: 'closed' },
): boolean {
  const sql = `UPDATE proposals SET state = ?, closed_at = ?, merged_id = ?, unnoted = unnoted + 1
    WHERE number = ? AND state <> 'merged'`;
  return tx.run(sql, end.state, at, end.state === 'merged' ? end.as : null, number).changes > 0;
}

/** Opens a closed proposal again; false if it is not closed. */
export function reopenProposal(tx: Transactor, number: number): boolean {
  const sql = `UPDATE proposals SET state = 'open', closed_at = NULL, unnoted = unnoted + 1
    WHERE number = ? AND state = 'closed'`;
  return tx.run(sql, number).changes > 0;
}
