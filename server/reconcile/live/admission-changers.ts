import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { isManagedKind, MANAGED_RESOURCES, MUTATING_POLICIES, MUTATING_WEBHOOKS } from '../../cluster/resources.ts';

/** `MutatingWebhookConfiguration istio` of each that may change objects of a kind; none where that can't be known. */
export type Changers = (kind: string) => readonly string[];

/** What may change objects on the way in, as far as we may ask. */
export interface AdmissionChangers {
  readonly of: Changers;
  /** Moves when an answer was another than the one before. */
  readonly version: () => number;
  /** Asks, unless that was done a moment ago. Never rejects. */
  read(namespace: string, signal?: AbortSignal): Promise<void>;
}

const FRESH_MS = 600_000;

/** `now` in ms since the epoch. */
export function createAdmissionChangers(api: ClusterApi | null, now: () => number): AdmissionChangers {
  let known: readonly Changer[] = [];
  let version = 0;
  let readAt = -Infinity;
  return {
    of: (kind) => known.filter((changer) => changer.rules.some((rule) => isAbout(rule, kind))).map(({ name }) => name),
    version: () => version,
    async read(namespace, signal) {
      if (api === null || readAt + FRESH_MS > now()) return;
      readAt = now();
      const found = (
        await Promise.all([webhooksIn(api, namespace, signal), policiesIn(api, namespace, signal)])
      ).flat();
      if (JSON.stringify(found) !== JSON.stringify(known)) version++;
      known = found;
    },
  };
}

interface Changer {
  readonly name: string;
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

async function webhooksIn(api: ClusterApi, namespace: string, signal?: AbortSignal): Promise<readonly Changer[]> {
  const found = await listed(api, MUTATING_WEBHOOKS, signal);
  return found.flatMap(({ kind, metadata, webhooks }) => {
    const all = (webhooks ?? []) as readonly {
      readonly rules?: readonly Rule[];
      readonly namespaceSelector?: Selector;
    }[];
    const rules = all.flatMap((one) => (isElsewhere(one.namespaceSelector, namespace) ? [] : (one.rules ?? [])));
    return [{ name: `${kind} ${metadata.name}`, rules }];
  });
}

async function policiesIn(api: ClusterApi, namespace: string, signal?: AbortSignal): Promise<readonly Changer[]> {
  const found = await listed(api, MUTATING_POLICIES, signal);
  return found.map(({ kind, metadata, spec }) => {
    const { matchConstraints } = (spec ?? {}) as {
      readonly matchConstraints?: { readonly resourceRules?: readonly Rule[]; readonly namespaceSelector?: Selector };
    };
    const isOther = isElsewhere(matchConstraints?.namespaceSelector, namespace);
    return { name: `${kind} ${metadata.name}`, rules: isOther ? [] : (matchConstraints?.resourceRules ?? []) };
  });
}

/** Nothing where we may not ask, can't now, or the API server doesn't know the kind. */
async function listed(
  api: ClusterApi,
  resource: typeof MUTATING_WEBHOOKS,
  signal?: AbortSignal,
): Promise<readonly LiveObject[]> {
  try {
    const found = await api.list(resource, null, signal && { signal });
    return found.ok ? found.value.items : [];
  } catch {
    return [];
  }
}

/** Of a namespace only its name is known: any other label may be there. */
const isElsewhere = (selector: Selector | undefined, namespace: string): boolean =>
  (selector?.matchLabels?.['kubernetes.io/metadata.name'] ?? namespace) !== namespace;

function isAbout({ apiGroups = [], operations = [], resources = [] }: Rule, kind: string): boolean {
  if (!isManagedKind(kind)) return false;
  const { group, plural } = MANAGED_RESOURCES[kind];
  const has = (list: readonly string[], ...wanted: readonly string[]): boolean =>
    list.some((one) => wanted.includes(one));
  return has(apiGroups, '*', group) && has(resources, '*', '*/*', plural) && has(operations, '*', 'CREATE', 'UPDATE');
}
