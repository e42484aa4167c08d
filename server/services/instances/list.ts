import type { Instance } from '../../http/schemas/instance.ts';
import { listProblems } from '../../store/problems.ts';
import { listSealedKeys } from '../../store/sealed-keys.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import type { AppContext } from '../app-context.ts';
import {
  findEditedInstance,
  readEditedFleet,
  readEditedInstances,
  readEditedKeys,
  type EditedInstance,
} from './edited.ts';
import { findLeaving, listLeaving, readShownInstance } from './leaving.ts';
import { pageOf, type InstanceFacts } from './row.ts';

/** Bots of one page: made in a few milliseconds, so that other requests are answered between two pages. */
const PAGE = 100;

/** Every bot, oldest first, then those that are leaving. */
export function listInstances(context: AppContext): Instance[] {
  return [...listInstancePages(context)].flatMap(({ instances }) => instances);
}

/** Every bot, oldest first, then those that are leaving, in pages; each page is as of the moment when it is asked for. */
export function* listInstancePages(
  context: AppContext,
  limit = PAGE,
): Generator<{ readonly instances: Instance[]; readonly more: boolean }> {
  for (let after: number | null = 0; after !== null;) {
    const { bots, last } = readEditedInstances(context.store.reader, { after, limit });
    const all = last === null ? [...bots, ...listLeaving(context)] : bots;
    yield { instances: viewAll(context, all), more: last !== null };
    after = last;
  }
}

function viewAll(context: AppContext, bots: readonly EditedInstance[]): Instance[] {
  const read = context.store.reader;
  const { fleet } = readEditedFleet(read);
  const problems = Map.groupBy(listProblems(read), ({ unit }) => unit);
  const keys = Map.groupBy(listSealedKeys(read), ({ scope }) => scope);
  const byHand = namesEditedByHand(context);
  const connection = context.cluster.observed.connection();
  return bots.map((desired) => {
    const { name } = desired.row;
    const published = new Set(keys.get(name)?.map((key) => key.name));
    return pageOf({
      desired,
      fleet,
      overrides: desired.drafts.length === 0 ? published : new Set(readEditedKeys(read, name).keys()),
      problems: problems.get(name) ?? [],
      isEditedByHand: byHand.has(name),
      ...liveOf(context, name),
      connection,
    });
  });
}

/** One bot by number or name. Throws `not_found`. */
export function getInstance(context: AppContext, id: string): Instance {
  return viewEdited(context, readShownInstance(context, id));
}

/** Those of the named bots that there are. */
export function findInstances(context: AppContext, names: Iterable<string>): Instance[] {
  return [...names].flatMap((name) => {
    const desired = findEditedInstance(context.store.reader, name) ?? findLeaving(context, name);
    return desired === undefined ? [] : [viewEdited(context, desired)];
  });
}

export function viewEdited(context: AppContext, desired: EditedInstance): Instance {
  const read = context.store.reader;
  const { name } = desired.row;
  return pageOf({
    desired,
    fleet: readEditedFleet(read).fleet,
    overrides: new Set(readEditedKeys(read, name).keys()),
    problems: listProblems(read, name),
    isEditedByHand: namesEditedByHand(context).has(name),
    ...liveOf(context, name),
    connection: context.cluster.observed.connection(),
  });
}

function liveOf({ cluster, freshness }: AppContext, name: string): Pick<InstanceFacts, 'live' | 'isCurrent'> {
  const live = cluster.observed.unit(name);
  return { live, isCurrent: live !== undefined && freshness.isCurrent(name, cluster.observed.isAbout(name)) };
}

function namesEditedByHand({ store }: AppContext): Set<string> {
  return new Set(listUnrendered(store.reader).flatMap(({ unit, cause }) => (cause === 'hand' ? [unit] : [])));
}
