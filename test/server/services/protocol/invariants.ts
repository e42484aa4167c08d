import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { verifyRepo } from '../../../../constructs/repo/verify-repo.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import type { OpenedContext } from '../../../../server/services/open-app-context.ts';
import { importRepository } from '../../../../server/services/publish/import-repository.ts';
import type { Reader } from '../../../../server/store/connection.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { getInstance, listInstances } from '../../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { getEdit } from '../../../../server/store/outbox.ts';
import { listProblems } from '../../../../server/store/problems.ts';
import { listOpenProposals, listProposals } from '../../../../server/store/proposals.ts';
import { listSealedKeys } from '../../../../server/store/sealed-keys.ts';
import { listTombstones } from '../../../../server/store/tombstones.ts';
import { git } from '../../../support/person-git.ts';
import type { Places } from './house.ts';
import type { Entry } from './ledger.ts';

/** What has to be so once a server that was killed has been started again and has come to rest. */
export async function checkAll(context: OpenedContext, places: Places, ledger: readonly Entry[]): Promise<void> {
  checkEdits(context, places, ledger);
  checkProposals(context, places, ledger);
  checkNothingRewritten(places, ledger);
  checkSound(places);
  await checkDatabaseIsMain(context, places);
}

/** Commits of every branch by the edit that they say they are. */
function commitsByEdit(repository: string, ...refs: string[]): Map<string, string[]> {
  const log = git(repository, 'log', '--format=%H %(trailers:key=Claworc-Edit,valueonly,separator=%x20)', ...refs);
  const found = new Map<string, string[]>();
  for (const [commit = '', ...ids] of log.split('\n').map((line) => line.split(' '))) {
    for (const id of ids.filter((each) => each !== '')) found.set(id, [...(found.get(id) ?? []), commit]);
  }
  return found;
}

/** No saved edit is lost, none is in two commits, none is on main that the database does not have as published. */
function checkEdits({ store: { reader } }: OpenedContext, { truth, own }: Places, ledger: readonly Entry[]): void {
  const onMain = commitsByEdit(truth, 'main');
  const anywhere = commitsByEdit(own, '--branches');
  const squashed = new Set(ledger.flatMap((entry) => (entry.kind === 'squashes' ? [entry.edit] : [])));
  for (const entry of ledger) {
    if (entry.kind !== 'saved') continue;
    const edit = getEdit(reader, entry.id);
    const commits = onMain.get(entry.id) ?? [];
    const about = `${entry.id} is ${JSON.stringify(edit)}`;
    expect(edit, about).toBeDefined();
    switch (edit?.state) {
      case 'published': {
        expect(commits, about).toHaveLength(squashed.has(entry.id) ? 0 : 1);
        if (edit.proposal === undefined) expect(commits, about).toEqual([edit.commit]);
        const env = getInstance(reader, entry.bot)?.record?.spec.env ?? {};
        if (entry.variable !== null) expect(env[entry.variable], about).toBe(entry.id);
        break;
      }
      case 'proposed':
        expect(commits, about).toEqual([]);
        expect(anywhere.get(entry.id), about).toEqual([edit.proposedAs]);
        break;
      case 'conflict':
      case 'failed':
      case 'discarded':
        expect(commits, about).toEqual([]);
        break;
      case 'pending':
      case undefined:
        throw new Error(`still on its way: ${about}`);
    }
  }
  for (const [id, commits] of onMain) {
    expect([id, commits.length]).toEqual([id, 1]);
    const edit = getEdit(reader, id);
    if (edit !== undefined) expect([id, edit.state]).toEqual([id, 'published']);
  }
}

/** Each open proposal is where its branch is, and each merged one is on main. */
function checkProposals({ store: { reader } }: OpenedContext, { own }: Places, ledger: readonly Entry[]): void {
  const squashed = new Set(ledger.map((entry) => (entry.kind === 'squashes' ? entry.branch : '')));
  const branches = git(own, 'for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads');
  const heads = new Map(branches.split('\n').map((line) => line.split(' ') as [string, string]));
  for (const { branch, head } of listOpenProposals(reader)) {
    expect([branch, heads.get(branch) ?? null]).toEqual([branch, head]);
  }
  for (const { state, mergedAs, head, branch } of listProposals(reader)) {
    if (state !== 'merged') continue;
    git(own, 'merge-base', '--is-ancestor', mergedAs ?? '', 'main');
    if (!squashed.has(branch)) git(own, 'merge-base', '--is-ancestor', head ?? '', 'main');
    expect([branch, heads.has(branch)]).toEqual([branch, false]);
  }
}

/** Main was only ever added to, but where a person did otherwise. */
function checkNothingRewritten({ mode, own, pushes, truth }: Places, ledger: readonly Entry[]): void {
  const file = mode !== 'embedded' ? pushes : join(own, 'logs', 'refs', 'heads', 'main');
  const byPerson = new Set(ledger.flatMap((entry) => (entry.kind === 'rewrites' ? [`${entry.from} ${entry.to}`] : [])));
  const moves = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  expect(moves.length).toBeGreaterThan(0);
  for (const [from = '', to = '', ref] of moves.map((line) => line.split(' '))) {
    // The branch of a proposal that main has is taken away.
    if (mode !== 'embedded' && ref !== 'refs/heads/main' && /^0+$/.test(to)) continue;
    if (/^0+$/.test(from) || byPerson.has(`${from} ${to}`)) continue;
    git(truth, 'merge-base', '--is-ancestor', from, to);
  }
}

function checkSound({ own, truth, database }: Places): void {
  for (const repository of new Set([own, truth])) {
    expect(git(repository, 'fsck', '--full', '--strict', '--no-dangling').trim()).toBe('');
    const files = readdirSync(repository, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.lock'))).toEqual([]);
  }
  const raw = new Database(database, { readonly: true });
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  raw.close();
}

/** What a database says of main. Numbers of bots tell in which order they came, which differs. */
function contentOf(reader: Reader) {
  const byName = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
    rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    commit: getMeta(reader, IMPORTED_COMMIT),
    fleet: getFleet(reader)?.record,
    bots: byName(listInstances(reader)).flatMap(({ name, record }) => (record === null ? [] : [{ name, record }])),
    tombstones: byName(listTombstones(reader)).map(({ name, data, removedAt }) => ({ name, data, removedAt })),
    keys: byName(listSealedKeys(reader)).map(({ scope, name, file }) => ({ scope, name, file })),
    problems: listProblems(reader),
  };
}

/** The database is what a new one would be that main is imported into; and main here is main there, rendered. */
async function checkDatabaseIsMain(
  { store, repository }: OpenedContext,
  { folder, truth, own }: Places,
): Promise<void> {
  const head = git(truth, 'rev-parse', 'main').trim();
  expect(git(own, 'rev-parse', 'main').trim()).toBe(head);
  expect(verifyRepo((await repository.readFiles(head)).files)).toEqual([]);
  const [file, lockFile] = [join(folder, 'fresh.db'), join(folder, 'fresh.lock')];
  using fresh = openStore({ file, lockFile, log: silentLog });
  await importRepository({ store: fresh, repository, snapshots: createSnapshots(repository), clock: systemClock });
  expect(contentOf(store.reader)).toEqual(contentOf(fresh.reader));
}
