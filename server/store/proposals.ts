import Type, { type Static } from 'typebox';
import type { Reader, Transactor } from './connection.ts';
import { integer, nullableText, text } from './rows.ts';

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
});

const CountRow = Type.Object({ count: integer });

const COLUMNS = 'number, title, description, branch, author, state, opened_at, closed_at, head_id, merged_id';

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
}

export type NewProposal = Pick<ProposalRow, 'title' | 'description' | 'branch' | 'author' | 'openedAt' | 'head'>;

function proposalOf(row: Static<typeof Row>): ProposalRow {
  const { number, title, description, branch, author, state } = row;
  const times = { openedAt: row.opened_at, closedAt: row.closed_at };
  return { number, title, description, branch, author, state, ...times, head: row.head_id, mergedAs: row.merged_id };
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
  const { title, description, branch, author, openedAt, head } = proposal;
  return tx.run(
    'INSERT INTO proposals (title, description, branch, author, opened_at, head_id) VALUES (?, ?, ?, ?, ?, ?)',
    title,
    description,
    branch,
    author,
    openedAt,
    head,
  ).id;
}

export function putProposalHead(tx: Transactor, number: number, head: string): void {
  tx.run('UPDATE proposals SET head_id = ? WHERE number = ?', head, number);
}

/** Ends an open proposal, or one that was closed before; false for one that main has already. */
export function endProposal(
  tx: Transactor,
  number: number,
  at: string,
  end: { readonly state: 'merged'; readonly as: string } | { readonly state: 'closed' },
): boolean {
  const sql = `UPDATE proposals SET state = ?, closed_at = ?, merged_id = ? WHERE number = ? AND state <> 'merged'`;
  return tx.run(sql, end.state, at, end.state === 'merged' ? end.as : null, number).changes > 0;
}

/** Opens a closed proposal again; false if it is not closed. */
export function reopenProposal(tx: Transactor, number: number): boolean {
  const sql = `UPDATE proposals SET state = 'open', closed_at = NULL WHERE number = ? AND state = 'closed'`;
  return tx.run(sql, number).changes > 0;
}
