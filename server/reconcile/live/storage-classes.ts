import type { KubeObject } from '../../../constructs/kube-object.ts';
import { compareQuantities, parseQuantity } from '../../../constructs/schema/index.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { STORAGE_CLASSES } from '../../cluster/resources.ts';
import type { DesiredObject, DesiredUnit } from '../desired/desired-state.ts';
import { claimStatus } from './live-shapes.ts';
import { keyOf, type LiveUnit } from './live-unit.ts';

/** Whether a storage class lets its volumes grow; undefined where that can't be known. */
export type Expands = (className: string) => boolean | undefined;

/** What is known of storage classes; each is asked for only when a claim of it is to grow. */
export interface StorageClasses {
  readonly expands: Expands;
  /** Reads the named ones, unless that was done a moment ago. Never rejects. */
  read(names: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** How long an answer is taken as so. */
export const CLASS_FRESH_MS = 60_000;

/** `now` in ms since the epoch. */
export function createStorageClasses(api: ClusterApi | null, now: () => number): StorageClasses {
  const known = new Map<string, { readonly expands: boolean | undefined; readonly at: number }>();
  return {
    expands: (name) => known.get(name)?.expands,
    async read(names, signal) {
      if (api === null) return;
      const due = [...new Set(names)].filter((name) => (known.get(name)?.at ?? -Infinity) + CLASS_FRESH_MS <= now());
      await Promise.all(
        due.map(async (name) => known.set(name, { expands: await readExpands(api, name, signal), at: now() })),
      );
    },
  };
}

/** Whether the API server lets claims of a class grow; undefined where we may not ask, or can't now. Never rejects. */
export async function readExpands(
  api: ClusterApi,
  className: string,
  signal?: AbortSignal,
): Promise<boolean | undefined> {
  try {
    const found = await api.get(STORAGE_CLASSES, null, className, signal);
    if (found.ok) return found.value.allowVolumeExpansion === true;
    return found.failure.type === 'not_found' ? false : undefined;
  } catch {
    return undefined;
  }
}

/** The class of a claim: empty for a volume that none made, undefined where the claim doesn't say. */
export function classOf({ spec }: LiveObject): string | undefined {
  return ((spec ?? {}) as { readonly storageClassName?: string }).storageClassName;
}

/** Classes of the bound claims that main wants larger than they are. */
export function growingClasses(desired: DesiredUnit, live: LiveUnit): readonly string[] {
  if (desired.state !== 'present') return [];
  return desired.objects.flatMap((wanted) => {
    const { kind, name } = wanted;
    const found = kind === 'PersistentVolumeClaim' ? live.objects.get(keyOf(kind, name)) : undefined;
    if (found === undefined || claimStatus(found).phase !== 'Bound') return [];
    const [wants, has] = [wantedRequest(wanted), requestOf(found)];
    if (wants === has || wants === undefined || has === undefined || compareQuantities(wants, has) <= 0) return [];
    const className = classOf(found);
    return className === undefined || className === '' ? [] : [className];
  });
}

/** `requestOf` of a claim on main, whose body may have to be rendered to be seen: that is done once. */
function wantedRequest(wanted: DesiredObject): string | undefined {
  const known = requests.get(wanted);
  if (known !== undefined) return known.size;
  const size = requestOf(wanted.object);
  requests.set(wanted, { size });
  return size;
}

const requests = new WeakMap<DesiredObject, { readonly size: string | undefined }>();

/** The size that a claim asks for, where it is one. */
export function requestOf({ spec }: KubeObject | LiveObject): string | undefined {
  const { resources } = (spec ?? {}) as { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  const size = resources?.requests?.storage;
  return size !== undefined && parseQuantity(size) !== undefined ? size : undefined;
}
