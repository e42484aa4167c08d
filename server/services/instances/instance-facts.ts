import type { Fleet } from '../../../constructs/schema/index.ts';
import type { ObservedConnection, ObservedUnit } from '../../reconcile/status/observed.ts';
import type { StoredProblem } from '../../store/problems.ts';
import type { EditedInstance } from './edited.ts';

/** Everything that one row of the fleet is made of. */
export interface InstanceFacts {
  readonly desired: EditedInstance;
  readonly fleet: Fleet;
  /** Names of the keys that the bot overrides. */
  readonly overrides: ReadonlySet<string>;
  /** What is wrong with its files on main. */
  readonly problems: readonly StoredProblem[];
  /** True when its dist/ on main was edited by hand. */
  readonly isEditedByHand: boolean;
  readonly live: ObservedUnit | undefined;
  /** Whether `live` is about the newest commit of the bot. */
  readonly isCurrent: boolean;
  readonly connection: ObservedConnection;
  /** What stands between a draft and its commit; null while main is followed. */
  readonly mainWait: string | null;
  /** What stands before the paths of this server, or empty. */
  readonly basePath: string;
}
