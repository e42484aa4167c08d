import type { Suspension } from '../../../constructs/schema/index.ts';
import type { DesiredUnit } from './desired-state.ts';

/** What keeps the unit from being applied by claworc.yaml or its record; what is held is held for another reason. */
export const suspensionIn = (desired: DesiredUnit): Suspension | undefined =>
  desired.state === 'held' ? undefined : desired.suspension;
