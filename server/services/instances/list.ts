import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instance } from '../../http/schemas/instance.ts';
import { listProblems } from '../../store/problems.ts';
import { listKeyNames } from '../../store/sealed-keys.ts';
import { getUnrendered } from '../../store/unrendered.ts';
import { mainWait } from '../publish/main-wait.ts';
import {
  findEditedInstance,
  readEditedFleet,
  readEditedInstances,
  readEditedKeys,
  type EditedInstance,
} from './edited.ts';
import type { InstanceFacts } from './instance-facts.ts';
import { findLeaving, listLeaving, readShownInstance, type ShownFrom } from './leaving.ts';
import { pageOf } from './row.ts';

/** Bots of one page: made in a few milliseconds, so that other requests are answered between two pages. */
export const PAGE = 100;

/** Every bot, oldest first, then those that are leaving. */
export function listInstances(context: ShownFrom): Instance[] {
  return [...listInstancePages(context)].flatMap(({ instances }) => instances);
}

/**
 * The same as JSON, a page a turn: whoever asks for a large fleet keeps nobody else waiting. A bot that begins to leave
 * meanwhile is there once.
 */
export async function writeInstances(context: ShownFrom): Promise<string> {
  const found = new Map<string, string>();
  for (const { instances } of listInstancePages(context)) {
    for (const instance of instances) found.set(instance.name, JSON.stringify(instance));
    await nextTurn();
  }
  return `[${[...found.values()].join()}]`;
}

/** Every bot, oldest first, then those that are leaving, in pages; each page is as of the moment when it is asked for. */
export function* listInstancePages(
  context: ShownFrom,
  limit = PAGE,
): Generator<{ readonly instances: Instance[]; readonly more: boolean }> {
  for (let after: number | null = 0; after !== null;) {
    const { bots, last } = readEditedInstances(context.store.reader, { after, limit });
    const all = last === null ? [...bots, ...listLeaving(context)] : bots;
    yield { instances: all.map(viewerOf(context)), more: last !== null };
    after = last;
  }
}

/** One bot by number or name. Throws `not_found`. */
export function getInstance(context: ShownFrom, id: string): Instance {
  return viewEdited(context, readShownInstance(context, id));
}

/** Those of the named bots that there are. */
export function findInstances(context: ShownFrom, names: Iterable<string>): Instance[] {
  const edited = [...names].flatMap(
    (name) => findEditedInstance(context.store.reader, name) ?? findLeaving(context, name) ?? [],
  );
  return edited.length === 0 ? [] : edited.map(viewerOf(context));
}

export function viewEdited(context: ShownFrom, edited: EditedInstance): Instance {
  return viewerOf(context)(edited);
}

/** What one bot is shown from. */
export function readFacts(context: ShownFrom, edited: EditedInstance): InstanceFacts {
  return factsOf(context)(edited);
}

function viewerOf(context: ShownFrom): (edited: EditedInstance) => Instance {
  const facts = factsOf(context);
  return (edited) => pageOf(facts(edited));
}

/** Makes rows of one moment. What they share is read once; the rest is asked for bot by bot, so that no row costs more in a larger fleet. */
function factsOf(context: ShownFrom): (edited: EditedInstance) => InstanceFacts {
  const { publisher, cluster, freshness, store, basePath } = context;
  const read = store.reader;
  const { fleet } = readEditedFleet(read);
  const connection = cluster.observed.connection();
  const wait = mainWait(publisher.state());
  return (edited) => {
    const { name } = edited.row;
    const live = cluster.observed.unit(name);
    return {
      desired: edited,
      fleet,
      overrides: new Set(edited.drafts.length === 0 ? listKeyNames(read, name) : readEditedKeys(read, name).keys()),
      problems: listProblems(read, name),
      isEditedByHand: getUnrendered(read, name)?.cause === 'hand',
      live,
      isCurrent: live !== undefined && freshness.isCurrent(name, cluster.observed.isAbout(name)),
      connection,
      mainWait: wait,
      basePath,
    };
  };
}
