import { isSame } from '../merge.ts';
import type { Fleet } from '../schema/index.ts';
import { OWNED_RULES, ruleField, type OwnedRule } from '../schema/policy-owners.ts';

/** A rule that a change of claworc.yaml is about, with its owners before the change. */
export interface OwnedChange {
  /** `spec.policy.maxPerBot`. */
  readonly field: string;
  readonly owners: readonly string[];
}

/**
 * The rules that `next` has otherwise than `base`, or whose owners it names otherwise, out of those for which `base` names
 * owners: a change can't give itself other ones. A claworc.yaml that is gone or broken changes all of them.
 */
export function ownedChanges(base: Fleet | null, next: Fleet | null): readonly OwnedChange[] {
  const owners = base?.spec.policy?.owners ?? {};
  return OWNED_RULES.flatMap((rule) => {
    const named = owners[rule] ?? [];
    const isKept =
      isSame(ruleOf(base, rule), ruleOf(next, rule)) && isSame(named, next?.spec.policy?.owners?.[rule] ?? []);
    return named.length === 0 || isKept ? [] : [{ field: ruleField(rule), owners: named }];
  });
}

function ruleOf(fleet: Fleet | null, rule: OwnedRule): unknown {
  return rule === 'publish' ? fleet?.spec.publish : fleet?.spec.policy?.[rule];
}
