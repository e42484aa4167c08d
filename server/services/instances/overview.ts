import type { Overview } from '../../http/schemas/answers.ts';
import { conditionsOf } from '../../reconcile/status/conditions.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedKeys } from './edited.ts';
import { readShownInstance } from './leaving.ts';
import { getHistory } from './history.ts';
import { readFacts } from './list.ts';
import { nextStep } from './next-step.ts';
import { pageOf, syncedOf } from './row.ts';
import { maskOf } from '../keys/masks.ts';
import { seenOf } from './status-of.ts';

/** What the overview of a bot shows beside the bot itself. Throws `not_found`. */
export async function getOverview(context: AppContext, id: string): Promise<Overview> {
  const shown = readShownInstance(context, id);
  const { row } = shown;
  const facts = readFacts(context, shown);
  const connection = context.cluster.observed.connection();
  const live = seenOf(context.cluster.observed.unit(row.name), connection);
  const { changes } = await getHistory(context, row.name, { limit: 1 });
  const [latest] = changes;
  return {
    latest_change: latest ?? null,
    keys: keysInEffect(context, row.name),
    status_rule: live?.rule ?? 'What this bot does is known once a cluster answers.',
    status_seen: live?.seen ?? '',
    status_next: nextStep({ status: pageOf(facts).status, synced: syncedOf(facts), live, connection }),
    status_repair: live?.repair ?? 'none',
    status_command: live?.command ?? null,
    conditions: live === undefined ? [] : conditionsOf(live, connection).map((condition) => ({ ...condition })),
    status_since: live?.since ?? null,
    events: live?.events.map((event) => ({ ...event })) ?? [],
    fights:
      live?.fights.map(({ goesOnAt, managers, ...fight }) => ({
        ...fight,
        managers: [...managers],
        goes_on_at: goesOnAt,
      })) ?? [],
    warnings: [...(live?.warnings ?? [])],
  };
}

function keysInEffect({ store }: AppContext, name: string): Overview['keys'] {
  const own = readEditedKeys(store.reader, name);
  const global = readEditedKeys(store.reader, 'global');
  const names = [...new Set([...own.keys(), ...global.keys()])].sort();
  return names.flatMap((key) => {
    const found = own.get(key) ?? global.get(key);
    const scope = own.has(key) ? ('own' as const) : ('global' as const);
    return found === undefined ? [] : [{ name: key, scope, hint: maskOf(found) }];
  });
}
