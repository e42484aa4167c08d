import type { DataFate } from '../../../../constructs/schema/index.ts';
import type { LiveObject } from '../../../cluster/live-object.ts';
import { unitApplySetId } from '../../desired/applyset-id.ts';
import type { RemovedUnit } from '../../desired/desired-state.ts';
import { digestOf, PART_OF_LABEL, unitOf } from '../../desired/stamp.ts';
import { endingSince } from '../../live/live-shapes.ts';
import { isRetainedFrom } from '../guards/mark.ts';
import type { RemovalKind } from './gate.ts';

/** One bot that main wants removed and of which something lives that would be deleted. */
export interface Removal {
  readonly unit: string;
  readonly kind: RemovalKind;
  readonly data: DataFate;
  /** 16 hex digits; another tombstone, another fate of the data and another kind have others. */
  readonly digest: string;
  /** Its deletion began then, whoever began it: ms since the epoch; null where it has not. */
  readonly since: number | null;
}

export const removalDigest = (
  { unit, data, tombstone }: Pick<RemovedUnit, 'unit' | 'data' | 'tombstone'>,
  kind: RemovalKind,
): string => digestOf([unit, kind, data, tombstone]).slice(0, 16);

/** What of a unit waits to be deleted. Volumes that are only to be kept count for nothing, and what is being deleted is past counting. */
export function removalsOf(
  { unit, data, tombstone }: RemovedUnit,
  objects: Iterable<LiveObject>,
  namespace: string,
): readonly Removal[] {
  const applySetId = unitApplySetId(unit, namespace);
  const ours = [...objects].filter((object) => unitOf(object) === unit);
  const staying = ours.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const isGoing = ({ kind }: LiveObject): boolean => kind !== 'PersistentVolumeClaim' || data === 'destroy';
  const isKept = (object: LiveObject): boolean => isRetainedFrom(object, unit);
  const members = staying.filter((object) => object.metadata.labels?.[PART_OF_LABEL] === applySetId && !isKept(object));
  const make = (kind: RemovalKind, since: number | null): Removal => ({
    ...{ unit, kind, data, since },
    digest: removalDigest({ unit, data, tombstone }, kind),
  });
  const deployment = ours.find(({ kind }) => kind === 'Deployment');
  const began = deployment === undefined ? undefined : endingSince(deployment);
  return [
    ...(members.some(isGoing) ? [make('bot', began === undefined ? null : Date.parse(began))] : []),
    ...(data === 'destroy' && staying.some(isKept) ? [make('kept_data', null)] : []),
  ];
}
