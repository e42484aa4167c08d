import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';
import { applierOf, suspensionOf, suspensionWords, type Suspension } from '../../../constructs/schema/index.ts';

/**
 * What a commit changes about whether a unit is applied, as sentences; of a bot that stays suspended, that what it changes
 * is not done yet. A bot that only follows claworc.yaml doesn't tell what changes there.
 */
export function suspensionChange(unit: string, before: Repo, after: Repo): string[] {
  const isFleet = unit === FLEET_UNIT;
  const [was, is] = [ownWord(unit, before), ownWord(unit, after)];
  if (was?.mode === is?.mode && was?.reason === is?.reason) return isFleet ? [] : waiting(unit, after);
  const who = isFleet ? 'The whole fleet' : 'The bot';
  if (is === undefined) return [`${who} is resumed: what main has is applied.`];
  const held = isFleet ? 'nothing is written or removed' : 'nothing of it is written';
  return [`${who} is ${suspensionWords({ ...is, from: 'record' })}: ${held} before it is resumed.`];
}

function waiting(unit: string, { records, fleet }: Repo): string[] {
  const suspension = applierOf(fleet) === 'external' ? undefined : suspensionOf(records.get(unit)?.record, fleet);
  return suspension === undefined
    ? []
    : [`The bot is ${suspensionWords(suspension)}: what follows is done when it is resumed.`];
}

const ownWord = (unit: string, repo: Repo): Suspension | undefined =>
  unit === FLEET_UNIT ? suspensionOf(undefined, repo.fleet) : suspensionOf(repo.records.get(unit)?.record, null);
