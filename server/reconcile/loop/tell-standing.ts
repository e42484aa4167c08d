import type { Log } from '../../lib/log.ts';
import type { ObservedStore } from '../status/observed-store.ts';

/** One line, for people who have no page before them, whenever what holds for the whole fleet changes. */
export function createStandingTeller(observed: Pick<ObservedStore, 'standing' | 'touch'>, log: Log): () => void {
  let told = '';
  return () => {
    const standing = observed.standing().join('; ');
    if (standing === told) return;
    if (standing !== '') log.warn(standing);
    else log.info('nothing holds for the whole fleet any more');
    told = standing;
    observed.touch();
  };
}
