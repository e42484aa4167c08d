import { isUnread, type Repo } from '../../../constructs/repo/repo.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { prefixOf } from '../../git/folder/subfolder.ts';
import { personGit } from '../../git/person-git.ts';
import { createSnapshots, type Snapshot } from '../../git/read/snapshots.ts';
import { openRepository } from '../../git/repository.ts';
import type { Effect } from '../../http/schemas/effect.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { folderIn } from '../commands/folder-in.ts';
import { headOf } from '../commands/head-of.ts';
import { localAuthor } from '../commands/local-author.ts';
import { writeToCheckout } from '../commands/write-to-checkout.ts';
import { NOTHING_SEEN, portsOf } from '../instances/node-ports.ts';
import { prepareEdit } from '../publish/prepare-edit.ts';
import { effectOf } from '../review/effect-between.ts';
import type { Ground } from './ground.ts';
import { planReturn, planTurn } from './plan-bot-restore.ts';
import { planRolloutReturn } from './plan-defaults.ts';
import { checkRemoves, planFleetRestore, type PlannedFleetRestore } from './plan-fleet-restore.ts';
import { volumesUnseen } from './restored-volumes.ts';

export interface RollBackOptions {
  /** A checkout of an instances repo, or the folder of a checkout that is one. */
  readonly folder: string;
  /** Where in `folder` the instances repo lies. @default its top */
  readonly path?: string;
  readonly anyOwner: boolean;
  /** A commit, as git understands it. */
  readonly to: string;
  /** @default the whole fleet */
  readonly bot?: string;
  /** Only claworc.yaml, and what bots render to by it. @default false */
  readonly defaultsOnly?: boolean;
  /** Exactly the bots that this removes. */
  readonly remove: readonly string[];
  /** False: only told. */
  readonly write: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface RolledBack {
  /** `nothing`: the checkout has it all already. */
  readonly state: 'nothing' | 'shown' | 'written';
  /** What a commit of it would say. */
  readonly message: string;
  /** What does not come back, as sentences. */
  readonly notes: readonly string[];
  readonly removes: readonly string[];
  readonly effect: Effect;
  /** Paths that it writes or takes away, seen from the instances repo. */
  readonly files: readonly string[];
  /** What to put in front of them to have paths of the whole repository. */
  readonly prefix: string;
}

/**
 * `claworc rollback`: gives one bot of a checkout, or all, the record that it had at a commit, with what it renders. Told
 * first; written to the work tree when asked to, never over a file that the last commit does not have just so. Throws `usage` for
 * a commit that is not there, and `conflict`, `invalid` and `not_found` as a restore of a server does.
 */
export async function rollBackCheckout(options: RollBackOptions): Promise<RolledBack> {
  const { to, bot, remove, anyOwner, log, clock, env, signal } = options;
  const folder = folderIn(options.folder, options.path);
  const { top, path } = locateFolder(folder);
  const repository = await openRepository({ folder: top, path, anyOwner, log });
  const head = await headOf(repository, options.folder);
  const commit = await repository.commitNamed(to);
  const snapshots = createSnapshots({ readFiles: (id) => repository.readContents(id) });
  // What the last commit demands is asked of whoever commits next; what nobody signed then is told.
  const then = await createSnapshots(repository).at(commit);
  const now = await snapshots.at(head);
  const planned = await planOf(now, { commit, then, bot, defaultsOnly: options.defaultsOnly === true });
  const { message, notes, removes } = planned;
  const told = { message, notes, removes, prefix: prefixOf(path) };
  const author = (await personGit({ folder: top, env, signal }).author()) ?? localAuthor();
  const edit = { id: 'checkout', at: isoSeconds(clock), author, message, changes: planned.changes };
  const prepared = planned.changes.length === 0 ? NOTHING : await prepareEdit(snapshots, now, edit, new Set());
  if (prepared.state === 'nothing') {
    return { ...told, state: 'nothing', effect: await effectOf(repository, now, now, head), files: [] };
  }
  if (prepared.state !== 'ready') {
    const why = prepared.state === 'failed' ? prepared.detail : 'a record of the last commit can’t be read';
    throw new ClaworcError(
      'conflict',
      `The checkout can't go back to ${commit.slice(0, 12)}: ${why.replace(/\.$/, '')}.`,
    );
  }
  const files = [...prepared.changes.keys()].sort();
  const effect = await effectOf(repository, now, prepared.result, commit);
  if (!options.write) return { ...told, state: 'shown', effect, files };
  checkRemoves(planned, remove);
  await writeToCheckout(folder, { repository, head, changes: prepared.changes });
  return { ...told, state: 'written', effect, files };
}

const NOTHING = { state: 'nothing' } as const;

interface Target {
  readonly commit: string;
  readonly then: Snapshot;
  readonly bot: string | undefined;
  readonly defaultsOnly: boolean;
}

async function planOf(now: Snapshot, { commit, then, bot: name, defaultsOnly }: Target): Promise<PlannedFleetRestore> {
  const ground = groundOfRepo(now.repo);
  if (defaultsOnly) return { ...planRolloutReturn(ground, then, commit), removes: [] };
  if (name === undefined) return planFleetRestore(ground, then, commit);
  const wanted = { name, commit, then };
  const present = ground.bots.get(name) ?? (isUnread(now.repo, name) ? then.repo.records.get(name)?.record : undefined);
  const plan =
    present === undefined
      ? await planReturn(ground, wanted)
      : await planTurn(ground, wanted, { present, base: present });
  return { ...plan, commit, removes: [], message: `Restore ${name} to ${commit.slice(0, 7)}` };
}

/** A checkout knows of no cluster. */
function groundOfRepo(repo: Repo): Ground {
  if (repo.fleet === null) {
    throw new ClaworcError('invalid', 'claworc.yaml of the last commit can’t be read: mend it first.', {
      subject: 'claworc.yaml',
    });
  }
  const bots = new Map([...repo.records].map(([name, { record }]) => [name, record]));
  return {
    fleet: repo.fleet,
    bots,
    repo,
    recipients: repo.fleet.spec.recipients,
    claims: { api: null, observed: { unit: () => undefined } },
    holders: (except) =>
      [...bots].flatMap(([name, { spec }]) =>
        name === except || spec.nodePorts === undefined ? [] : portsOf(name, spec.nodePorts),
      ),
    portsInCluster: () => Promise.resolve(NOTHING_SEEN),
    volumesOf: (name) => volumesUnseen(repo.tombstones.get(name)?.tombstone.spec.data === 'destroy'),
  };
}
