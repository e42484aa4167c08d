import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, vi } from 'vitest';
import type { OpenedContext } from '../../../../server/services/open-app-context.ts';
import { firstEditToPropose } from '../../../../server/store/outbox.ts';
import { listOpenProposals } from '../../../../server/store/proposals.ts';
import { listUnrendered } from '../../../../server/store/unrendered.ts';
import { git } from '../../../support/person-git.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import type { GitHubLike } from '../../forge/github-like.ts';
import { checkPulls } from './forge-beside.ts';
import { openServer, placesIn, type Places } from './house.ts';
import { entryIn, type Entry } from './ledger.ts';
import { pendingEdits } from './world.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

export interface Run {
  readonly ledger: readonly Entry[];
  readonly signal: NodeJS.Signals | null;
  readonly complaints: string;
}

/** Runs a worker to its end, whatever that is. */
export async function runWorker({ folder, mode }: Places, args: readonly string[]): Promise<Run> {
  const worker = spawn(process.execPath, [WORKER, folder, mode, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(folder, '..', 'compile-cache') },
  });
  let complaints = '';
  worker.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ledger: Entry[] = [];
  createInterface(worker.stdout).on('line', (line) => ledger.push(entryIn(line)));
  const signal = await new Promise<NodeJS.Signals | null>((done) => worker.once('close', (_, by) => done(by)));
  return { ledger, signal, complaints };
}

/** Another server that begins where the first one of `places` was left. */
export function copyOf({ folder, mode }: Places, into: string): Places {
  cpSync(folder, into, { recursive: true });
  return placesIn(into, mode);
}

function headsOf(repository: string): ReadonlyMap<string, string> {
  const lines = git(repository, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads').split('\n');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

/**
 * Starts a server again and lets it come to rest, with `forge` too where there is one; a person says yes to what a person
 * is asked.
 */
export async function recover(places: Places, forge?: GitHubLike): Promise<OpenedContext> {
  const context = await openServer(places);
  const { publisher, store, repository } = context;
  await vi.waitFor(
    async () => {
      publisher.pull();
      const state = publisher.state();
      if (state.state === 'rewritten') await publisher.acceptHead(state.head ?? '');
      if (state.state === 'remote' && state.trouble === 'branch_gone') await publisher.restoreBranch();
      expect(publisher.state()).toEqual({ state: 'following', head: await repository.head() });
      const pending = pendingEdits(context);
      const due = listUnrendered(store.reader, 'inputs');
      expect([...pending, ...due, firstEditToPropose(store.reader)]).toEqual([undefined]);
    },
    { timeout: PATIENCE_MS, interval: 300 },
  );
  // Branches come here in the background; what is known of them is brought up before work in turn.
  await vi.waitFor(
    async () => {
      publisher.pull();
      await publisher.inTurn(() => Promise.resolve());
      const branches = await repository.branches();
      const heads = new Map([...branches].map(([ref, commit]) => [ref as string, commit]));
      const there = headsOf(places.truth);
      for (const { branch, head } of listOpenProposals(store.reader)) {
        const ref = `refs/heads/${branch}`;
        expect([branch, heads.get(ref) ?? null, there.get(ref) ?? null]).toEqual([branch, head, head]);
      }
    },
    { timeout: PATIENCE_MS, interval: 300 },
  );
  if (forge === undefined) return context;
  await vi.waitFor(
    () => {
      publisher.pull();
      context.forge?.wake();
      checkPulls(context, forge);
    },
    { timeout: PATIENCE_MS, interval: 300 },
  );
  return context;
}
