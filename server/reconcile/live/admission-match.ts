import { isManagedKind, MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { type Labels, type LabelSelector, maySelect } from './label-selector.ts';

/** An object on its way in, as far as a webhook or a policy is chosen by it. */
export interface Entering {
  readonly kind: string;
  readonly name: string;
  /** As it is sent, and as it lives: a selector is asked about both, and one is enough. */
  readonly labels: readonly (Labels | undefined)[];
}

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

/**
 * What one webhook, or the constraints of a policy, are about. Conditions in CEL are not looked at: with them too an
 * object may be met.
 */
export interface MatchConstraints {
  readonly rules: readonly Rule[];
  /** @default none */
  readonly excluded?: readonly Rule[] | undefined;
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Whether an object may be met, in a namespace of which only the name is known; false only where that is certain. */
export function mayMeet(constraints: MatchConstraints, object: Entering, namespace: string): boolean {
  const { rules, excluded = [], matchPolicy, namespaceSelector, objectSelector } = constraints;
  const isExact = matchPolicy === 'Exact';
  return (
    rules.some((rule) => isAbout(rule, object, isExact) && has(rule.operations, 'CREATE', 'UPDATE')) &&
    !excluded.some((rule) => isAbout(rule, object, true) && hasBoth(rule.operations)) &&
    maySelect(namespaceSelector, { [NAMESPACE_NAME]: namespace }, (key) => key === NAMESPACE_NAME) &&
    object.labels.some((labels) => maySelect(objectSelector, labels ?? {}))
  );
}

/** `isExact`: also the version has to be the one that is sent, where else any of the same kind is met. */
function isAbout(rule: Rule, { kind, name }: Entering, isExact: boolean): boolean {
  if (!isManagedKind(kind)) return false;
  const { group, plural, apiVersion } = MANAGED_RESOURCES[kind];
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const names = rule.resourceNames ?? [];
  return (
    has(rule.apiGroups, group) &&
    has(rule.resources, '*/*', plural) &&
    // All that is applied lies in a namespace.
    rule.scope !== 'Cluster' &&
    (!isExact || has(rule.apiVersions, version)) &&
    (names.length === 0 || names.includes(name))
  );
}

const has = (list: readonly string[] = [], ...wanted: readonly string[]): boolean =>
  list.some((one) => one === '*' || wanted.includes(one));

const hasBoth = (operations: readonly string[] | undefined): boolean =>
  has(operations, 'CREATE') && has(operations, 'UPDATE');
