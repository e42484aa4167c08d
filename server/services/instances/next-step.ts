import type { Status } from '../../http/schemas/common.ts';
import { concealPaths } from '../../lib/conceal-paths.ts';
import type { ObservedConnection, ObservedUnit } from '../../reconcile/status/observed.ts';
import type { Synced } from './sync-of.ts';

export interface NextFacts {
  readonly status: Status;
  readonly synced: Pick<Synced, 'next'>;
  /** What is known of the bot in the cluster. */
  readonly live: Pick<ObservedUnit, 'next'> | undefined;
  readonly connection: Pick<ObservedConnection, 'state' | 'detail'>;
}

const isNothing = (words: string): boolean => words === '' || words.startsWith('Nothing to do');

/**
 * What happens next, or what a person can do. What ails the bot comes first, then what its change waits for, then the
 * cluster that is away; what lives has the word alone only where nothing else is to happen. Pure.
 */
export function nextStep({ status, synced, live, connection }: NextFacts): string {
  const isSeen = connection.state === 'connected';
  const ofLife = live?.next ?? '';
  const remedy = status === 'error' && !isNothing(ofLife) ? ofLife : '';
  const rest = isSeen && synced.next === '' && remedy === '' ? ofLife : '';
  // Nothing is nothing only where no other sentence says what there is to do.
  const said = [remedy, synced.next, rest, isSeen ? '' : concealPaths(connection.detail)].filter(
    (words) => words !== '',
  );
  const doing = said.filter((words) => !isNothing(words));
  return [...new Set(doing.length > 0 ? doing : said)].join(' ');
}
