import { FLEET_PATH, recordPath, type Repo } from '../../../constructs/repo/index.ts';
import { suspensionOf, suspensionWords, type BotInstance } from '../../../constructs/schema/index.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import { openRepository } from '../../git/repository.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { DocumentChange } from '../../store/edit.ts';
import { prepareEdit } from '../publish/prepare-edit.ts';
import { folderIn } from './folder-in.ts';
import { headOf } from './head-of.ts';
import { localAuthor } from './local-author.ts';
import { writeToCheckout } from './write-to-checkout.ts';

export interface SuspendOptions {
  /** A checkout of an instances repo, or the folder of a checkout that is one. */
  readonly folder: string;
  /** Where in `folder` the instances repo lies. @default its top */
  readonly path?: string;
  readonly anyOwner: boolean;
  /** Names of bots; none for the whole fleet. */
  readonly bots: readonly string[];
  /** What the documents are to say; undefined to have them say nothing. */
  readonly reconcile: BotInstance['spec']['reconcile'];
  readonly clock: Clock;
  readonly log: Log;
}

export interface SuspendedCheckout {
  /** What a commit of it would say. */
  readonly message: string;
  /** Paths that were written; none where all was said already. */
  readonly files: readonly string[];
  /** What keeps a resumed bot from being applied all the same, as sentences. */
  readonly notes: readonly string[];
}

/**
 * `claworc suspend` and `resume`: has records, or claworc.yaml, of a checkout say whether they are applied. The work tree is
 * written and nothing committed. Throws `not_found` for a bot that the last commit doesn't have, and `conflict` over a file
 * that it doesn't have just so.
 */
export async function suspendCheckout(options: SuspendOptions): Promise<SuspendedCheckout> {
  const { bots, reconcile, anyOwner, log, clock } = options;
  const folder = folderIn(options.folder, options.path);
  const { top, path } = locateFolder(folder);
  const repository = await openRepository({ folder: top, path, anyOwner, log });
  const head = await headOf(repository, options.folder);
  const snapshots = createSnapshots({ readFiles: (commit) => repository.readContents(commit) });
  const now = await snapshots.at(head);
  const changes =
    bots.length === 0 ? [ofFleet(now.repo, reconcile)] : bots.map((name) => ofBot(now.repo, name, reconcile));
  const message = messageOf(bots, reconcile);
  const notes = reconcile === undefined ? bots.flatMap((name) => stillSuspended(now.repo, name)) : [];
  const edit = { id: 'checkout', at: isoSeconds(clock), author: localAuthor(), message, changes };
  const prepared = await prepareEdit(snapshots, now, edit, new Set());
  if (prepared.state === 'nothing') return { message, files: [], notes };
  if (prepared.state !== 'ready') {
    const why = prepared.state === 'failed' ? prepared.detail : 'a record of the last commit can’t be read';
    throw new ClaworcError('conflict', `The checkout can't be changed: ${why}.`);
  }
  await writeToCheckout(folder, { repository, head, changes: prepared.changes });
  return { message, files: [...prepared.changes.keys()].sort(), notes };
}

function ofBot({ records }: Repo, name: string, reconcile: SuspendOptions['reconcile']): DocumentChange {
  const base = records.get(name)?.record;
  if (base === undefined) {
    throw new ClaworcError('not_found', `${recordPath(name)} of the last commit is missing or broken.`, {
      subject: name,
    });
  }
  return { kind: 'BotInstance', name, base, next: { ...base, spec: withWord(base.spec, reconcile) } };
}

function ofFleet({ fleet: base }: Repo, reconcile: SuspendOptions['reconcile']): DocumentChange {
  if (base === null) {
    throw new ClaworcError('invalid', `${FLEET_PATH} of the last commit can’t be read: mend it first.`, {
      subject: FLEET_PATH,
    });
  }
  return { kind: 'Fleet', base, next: { ...base, spec: withWord(base.spec, reconcile) } };
}

function withWord<Spec extends { readonly reconcile?: SuspendOptions['reconcile'] }>(
  { reconcile: _, ...spec }: Spec,
  reconcile: SuspendOptions['reconcile'],
): Omit<Spec, 'reconcile'> & { reconcile?: NonNullable<SuspendOptions['reconcile']> } {
  return reconcile === undefined ? spec : { ...spec, reconcile };
}

function messageOf(bots: readonly string[], reconcile: SuspendOptions['reconcile']): string {
  const verb = reconcile === undefined ? 'Resume' : reconcile.mode === 'detect' ? 'Only compare' : 'Suspend';
  return `${verb} ${bots.length === 0 ? 'the fleet' : bots.join(', ')}`;
}

function stillSuspended({ fleet }: Repo, name: string): readonly string[] {
  const suspension = suspensionOf(undefined, fleet);
  return suspension === undefined
    ? []
    : [`${name} is ${suspensionWords(suspension)}: claworc.yaml says so; \`claworc resume --fleet\` ends it`];
}
