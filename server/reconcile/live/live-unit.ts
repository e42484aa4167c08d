import type { LiveObject } from '../../cluster/live-object.ts';

/** What the cluster has that could concern a unit. */
export interface LiveUnit {
  /** By `Kind/name`: objects with the name of a desired one, with the unit's mark or label, or retained from it. */
  readonly objects: ReadonlyMap<string, LiveObject>;
  readonly parent: LiveObject | undefined;
  readonly pods: readonly LiveObject[];
}

/** How objects of a namespace are told apart: `Kind/name`. */
export const keyOf = (kind: string, name: string): string => `${kind}/${name}`;
