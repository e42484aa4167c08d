import { FLEET_UNIT } from '../../../constructs/repo/index.ts';
import type { DesiredState } from '../desired/desired-state.ts';

/** Why a commit as a whole can't be applied: what is wrong with its claworc.yaml. */
export function whyNothing({ units }: Pick<DesiredState, 'units'>): string {
  const fleet = units.get(FLEET_UNIT);
  const why = fleet?.state === 'held' ? fleet.reason : 'claworc.yaml is missing or broken';
  return `${why}: nothing can be applied`;
}
