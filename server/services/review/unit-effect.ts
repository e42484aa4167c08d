import { FLEET_PATH, FLEET_UNIT, scopeOfUnit } from '../../../constructs/repo/paths.ts';
import { isUnread, type Repo } from '../../../constructs/repo/repo.ts';
import type { BotEffect } from '../../http/schemas/effect.ts';
import { wordsOf } from './effect-words.ts';
import { fateOf } from './fate.ts';
import { fieldChanges, type ReadDocument } from './field-changes.ts';
import { keyChanges, type KeyChange } from './key-changes.ts';
import {
  objectChange,
  patchOf,
  restartOf,
  volumeChanges,
  type ManifestPair,
  type ObjectEffect,
} from './object-effects.ts';

/** A unit on both sides, with the manifests that differ. */
export interface UnitPair {
  readonly unit: string;
  readonly before: Repo;
  readonly after: Repo;
  readonly manifests: readonly ManifestPair[];
  /** Why the unit can't be rendered at `after`; it is then held, and `manifests` is empty. */
  readonly hold: string | undefined;
}

/** What becomes of a unit between two commits; null where nothing does. */
export function unitEffect(pair: UnitPair): BotEffect | null {
  const { unit, before, after, hold } = pair;
  const fate = fateOf(unit, before, after);
  const keys = keyChanges(before, after, scopeOfUnit(unit));
  const [was, is] = [isUnread(before, unit), isUnread(after, unit)];
  // What nobody can read has no fields to tell: they did not go.
  const own = was || is ? [] : fieldChanges(documentOf(before, unit), documentOf(after, unit));
  const fields = [...own, ...keys.map(keyField)];
  const changes = pair.manifests.map((manifest) => objectChange(manifest, fate !== 'destroyed'));
  const objects = [...changes.map(({ object }) => object), ...keys.map((key) => keyObject(key))];
  if (objects.length === 0 && fields.length === 0 && fate === 'lives' && hold === undefined && was === is) return null;
  const volumes = volumeChanges(changes);
  const restart = hold === undefined ? restartOf(changes) : 'no';
  const isNew = unit !== FLEET_UNIT && !before.records.has(unit) && !was && after.records.has(unit);
  const grows = volumes.some(({ change }) => change === 'grows');
  const leaves = hold === undefined && (fate === 'kept' || fate === 'destroyed') ? fate : undefined;
  const effect = {
    name: unit,
    action: leaves !== undefined ? 'remove' : isNew ? 'create' : 'configure',
    restart,
    data: leaves ?? (grows ? 'grown' : 'none'),
    fields,
    objects,
  } as const;
  return { ...effect, words: wordsOf({ ...pair, effect, fate, keys, volumes }) };
}

function documentOf(repo: Repo, unit: string): ReadDocument | null {
  if (unit === FLEET_UNIT) {
    const { fleet, fleetText } = repo;
    return fleet === null || fleetText === null ? null : { value: fleet, path: FLEET_PATH, text: fleetText };
  }
  const entry = repo.records.get(unit);
  return entry === undefined ? null : { value: entry.record, path: entry.path, text: entry.text };
}

/** Of a key nothing is told but its name. */
function keyField({ key, path, line, before, after }: KeyChange): BotEffect['fields'][number] {
  const mask = (there: unknown) => (there === undefined ? null : '****');
  return { field: key, before: mask(before), after: mask(after), file: path, line };
}

function keyObject({ secret, path, before, after }: KeyChange): ObjectEffect {
  const action = before === undefined ? 'create' : after === undefined ? 'prune' : 'configure';
  return {
    kind: 'Secret',
    name: secret,
    action,
    file: path,
    patch: patchOf({ path, before: before?.text, after: after?.text }),
  };
}
