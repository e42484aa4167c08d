import type { Repo } from '../../../constructs/repo/repo.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import type { PortServices } from '../../reconcile/live/port-services.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstances } from '../instances/edited.ts';
import { portsInCluster, portsOfBots, type PortHolder } from '../instances/node-ports.ts';
import type { ClaimsSeen } from '../instances/storage-rules.ts';
import { readRecipients } from '../keys/recipients.ts';
import { volumesOfReturning } from './restored-volumes.ts';

/** What a restore is planned on: everything as it is now, as far as it is known here. */
export interface Ground {
  readonly fleet: Fleet;
  /** Bots that are there and that nobody is about to remove. */
  readonly bots: ReadonlyMap<string, BotInstance>;
  /** Main. */
  readonly repo: Repo;
  /** Who may open keys. */
  readonly recipients: readonly string[];
  readonly claims: ClaimsSeen;
  /** Node ports of all bots but one. */
  holders(except: string): readonly PortHolder[];
  portsInCluster(fleet: Fleet): Promise<PortServices>;
  /** What a bot that comes back finds of its data, as a sentence. */
  volumesOf(name: string): string;
}

/** The drafts on top of main, and the cluster where it answers. */
export async function groundOf(context: AppContext): Promise<Ground> {
  const { snapshots, repository, store, cluster } = context;
  const read = store.reader;
  const { repo } = await snapshots.at(await repository.head());
  const { bots } = readEditedInstances(read);
  const { named, accepted } = readRecipients(read);
  return {
    fleet: readEditedFleet(read).fleet,
    bots: new Map(
      bots.flatMap(({ row, isLeaving, record }) => (row.record === null || isLeaving ? [] : [[row.name, record]])),
    ),
    repo,
    recipients: named.filter((each) => accepted.includes(each)),
    claims: cluster,
    holders: (except) => portsOfBots(bots, except),
    portsInCluster: (fleet) => portsInCluster(cluster, fleet),
    volumesOf: (name) => volumesOfReturning(context, name),
  };
}
