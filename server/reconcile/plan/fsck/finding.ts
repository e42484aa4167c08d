import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { LiveObject } from '../../../cluster/live-object.ts';

/**
 * `orphan`: lives, and the commit has neither a record nor a tombstone of it. `orphan_parent`: only its ApplySet parent is
 * left. `missing_parent`, `half_parent`: members that whoever reads the parent alone would not find. `foreign_parent`: the
 * parent's name is somebody else's. `double_parent`: two parents of one ApplySet. `copied_mark`: marks on what we never
 * applied. `other_set`: our object as a member of another ApplySet. `lost_marks`: our object without its marks.
 * `double_fleet`: two repositories, or two namespaces, have one fleet. `port_clash`: somebody else has a bot's node port.
 * `retained`: kept volumes that no file of the commit names; no fault.
 */
export type FindingKind =
  | 'orphan'
  | 'orphan_parent'
  | 'missing_parent'
  | 'half_parent'
  | 'foreign_parent'
  | 'double_parent'
  | 'copied_mark'
  | 'other_set'
  | 'lost_marks'
  | 'double_fleet'
  | 'port_clash'
  | 'retained';

/** One thing that is not as Claworc leaves a namespace. Texts are for people and end without a full stop. */
export interface Finding {
  readonly kind: FindingKind;
  /** The unit that it is about; null where it is about none, or about all. */
  readonly unit: string | null;
  /** `Deployment bot-alpha`, of the namespace. */
  readonly objects: readonly string[];
  readonly what: string;
  readonly why: string;
  /** What a person can do; empty where the repair is all. */
  readonly help: string;
  /** Absent where nothing but a person's own act puts it right. */
  readonly repair?: Repair;
}

/** No repair deletes a volume. */
export type Repair = { readonly words: string } &
  /** `live`: the parent that was seen, of which exactly that version is overwritten. */
  (
    | { readonly type: 'write_parent'; readonly object: KubeObject; readonly live: LiveObject | undefined }
    | { readonly type: 'take_marks'; readonly live: LiveObject; readonly patch: Readonly<Record<string, unknown>> }
    /** The whole unit, but for its volumes, which are kept. `isNamed`: only where a person names the bot. */
    | { readonly type: 'remove_unit'; readonly unit: string; readonly isNamed: boolean }
  );

/** Kept volumes are listed; they are no fault. */
export const isFault = ({ kind }: Finding): boolean => kind !== 'retained';

export const named = ({ kind, metadata }: LiveObject): string => `${kind} ${metadata.name}`;
