import type { UnitOutcome } from '../apply/outcome.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { secretsOf } from '../desired/references.ts';

/** Units whose pods read from Secrets that were not in the cluster when they were last worked on. */
export interface SecretWaiters {
  note(desired: DesiredUnit, outcome: UnitOutcome): void;
  /** Units all of whose Secrets are there now; each is named once. */
  release(): readonly string[];
}

/** Costs nothing while nothing waits. */
export function createSecretWaiters(isThere: (kind: string, name: string) => boolean): SecretWaiters {
  const waiting = new Map<string, ReadonlySet<string>>();
  return {
    note(desired, { results }) {
      const { unit } = desired;
      const isWaiting = desired.state === 'present' && results.some(({ isMissing }) => isMissing === true);
      if (!isWaiting) waiting.delete(unit);
      else waiting.set(unit, new Set(desired.objects.flatMap(({ object }) => [...secretsOf(object)])));
    },
    release() {
      const released: string[] = [];
      for (const [unit, secrets] of waiting) {
        if (![...secrets].every((name) => isThere('Secret', name))) continue;
        waiting.delete(unit);
        released.push(unit);
      }
      return released;
    },
  };
}
