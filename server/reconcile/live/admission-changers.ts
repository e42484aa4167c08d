import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MUTATING_POLICIES, MUTATING_WEBHOOKS } from '../../cluster/resources.ts';
import { type Entering, type MatchConstraints, mayMeet, type Rule } from './admission-match.ts';

/** `MutatingWebhookConfiguration istio` of each that may change an object; none where that can't be known. */
export type Changers = (object: Entering) => readonly string[];

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
  let place = '';
  return {
    of: (object) =>
      known.filter(({ parts }) => parts.some((part) => mayMeet(part, object, place))).map(({ name }) => name),
    version: () => version,
    async read(namespace, signal) {
      if (api === null || readAt + FRESH_MS > now()) return;
      readAt = now();
      const found = (await Promise.all([webhooksOf(api, signal), policiesOf(api, signal)])).flat();
      if (JSON.stringify(found) !== JSON.stringify(known)) version++;
      known = found;
      place = namespace;
    },
  };
}

interface Changer {
  readonly name: string;
  readonly parts: readonly MatchConstraints[];
}

async function webhooksOf(api: ClusterApi, signal?: AbortSignal): Promise<readonly Changer[]> {
  const found = await listed(api, MUTATING_WEBHOOKS, signal);
  return found.map(({ kind, metadata, webhooks }) => {
    const parts = (webhooks ?? []) as readonly Partial<MatchConstraints>[];
    return { name: `${kind} ${metadata.name}`, parts: parts.map(({ rules = [], ...rest }) => ({ ...rest, rules })) };
  });
}

interface PolicyConstraints extends Omit<MatchConstraints, 'rules' | 'excluded'> {
  readonly resourceRules?: readonly Rule[];
  readonly excludeResourceRules?: readonly Rule[];
}

async function policiesOf(api: ClusterApi, signal?: AbortSignal): Promise<readonly Changer[]> {
  const found = await listed(api, MUTATING_POLICIES, signal);
  return found.map(({ kind, metadata, spec }) => {
    const { matchConstraints = {} } = (spec ?? {}) as { readonly matchConstraints?: PolicyConstraints };
    const { resourceRules = [], excludeResourceRules = [], ...rest } = matchConstraints;
    return {
      name: `${kind} ${metadata.name}`,
      parts: [{ ...rest, rules: resourceRules, excluded: excludeResourceRules }],
    };
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
