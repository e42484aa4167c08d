import { isDeepStrictEqual } from 'node:util';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { DocumentChange } from '../../store/edit.ts';
import { getFleet } from '../../store/fleet.ts';
import type { AppContext } from '../app-context.ts';

export type PublishMode = 'direct' | 'propose';

/** How changes come to main, as claworc.yaml on main says it: a change of it holds from its own merge on. */
export function publishModeOf(fleet: Fleet | null | undefined): PublishMode {
  return fleet?.spec.publish ?? 'direct';
}

const RULE = 'Main of this fleet takes changes by proposals alone (spec.publish in claworc.yaml)';

/** Why an edit may not go to main by itself, and what to do; undefined where it may. */
export function whyNotDirect(fleet: Fleet | null | undefined, changes: readonly DocumentChange[]): string | undefined {
  if (publishModeOf(fleet) === 'direct' || changes.every(isStop)) return undefined;
  return `${RULE}, but for stopping a bot: propose this instead, in the API with ?proposal=N for a proposal that POST /proposals opened.`;
}

/** Why a push to main is not let in, and what to do; undefined where it is. */
export function whyNoPushToMain({ store }: Pick<AppContext, 'store'>): string | undefined {
  if (publishModeOf(getFleet(store.reader)?.record) === 'direct') return undefined;
  return `${RULE}. Push to another branch, as with git push origin HEAD:my-change: it is a proposal, which is merged in the dashboard.`;
}

/**
 * Stopping is what a person does in an emergency, at once and alone. It lets no content in that nobody reviewed, and loses
 * no data; the way back, a start, is a change like any other.
 */
function isStop(change: DocumentChange): boolean {
  if (change.kind !== 'BotInstance' || change.base === null || change.next === null) return false;
  const { base, next } = change;
  return (
    next.spec.state === 'stopped' && isDeepStrictEqual(next, { ...base, spec: { ...base.spec, state: 'stopped' } })
  );
}
