import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { LiveIndex } from '../live/live-index.ts';
import { keyOf } from '../live/live-unit.ts';
import { createEventRecorder } from './event-recorder.ts';
import type { LoopListener } from './loop-metrics.ts';
import type { ReconcilerOptions } from './reconciler.ts';
import { eventsOf, heldEvent, rolloutEvent } from './unit-events.ts';

/** The listener that was asked for, and where it is wanted one that writes Kubernetes events. */
export function recordEvents(
  { api, recordsEvents = false, listener, clock, log }: ReconcilerOptions,
  { index, namespace }: { readonly index: () => LiveIndex; readonly namespace: () => string | null },
): LoopListener | undefined {
  if (api === null || !recordsEvents) return listener;
  const regarding = (unit: string) => index().get('Deployment', unit) ?? index().get('ConfigMap', parentNameOf(unit));
  const recorder = createEventRecorder({ api, namespace, regarding, clock, log });
  return {
    worked(outcome, about) {
      listener?.worked(outcome, about);
      const { commit, was } = about;
      const before = was.objects.get(keyOf('Deployment', outcome.unit)) ?? was.parent;
      for (const event of eventsOf(outcome, commit)) recorder.tell(outcome.unit, event, before);
    },
    held(unit, reason) {
      listener?.held?.(unit, reason);
      recorder.tell(unit, heldEvent(reason));
    },
    rolledOut(shown) {
      listener?.rolledOut?.(shown);
      recorder.tell(FLEET_UNIT, rolloutEvent(shown));
    },
    converged: (commit, seconds) => listener?.converged(commit, seconds),
  };
}
