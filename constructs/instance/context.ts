import type { KeyInUse } from '../key-in-use.ts';
import { labelsOf } from '../labels.ts';
import type { ResolvedInstance } from '../resolve.ts';
import type { RuntimeProfile } from '../runtimes/profile.ts';

/** What every part of a bot is made from. */
export interface InstanceContext {
  readonly instance: ResolvedInstance;
  readonly profile: RuntimeProfile;
  /** Sorted by name. */
  readonly keys: readonly KeyInUse[];
}

export interface PartMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** Metadata of a part: names are always ours, never derived from the place of a construct. */
export function partMetadata({ instance }: InstanceContext, component: string, suffix = ''): PartMetadata {
  return {
    name: instance.name + suffix,
    namespace: instance.namespace,
    labels: labelsOf(instance.name, component),
  };
}
