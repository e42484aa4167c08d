import type { Fleet } from './fleet.ts';
import type { Issue } from './explain/issue.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from './marks.ts';

/** What Claworc tells its own objects by. */
const NEEDED: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  `metadata.labels[${PART_OF_LABEL}]`,
  `metadata.annotations[${UNIT_ANNOTATION}]`,
  `metadata.annotations[${DIGEST_ANNOTATION}]`,
];

/** True where `rule` names `field` or something that it is a part of; both as plans and diffs write fields. */
export function coversField(rule: string, field: string): boolean {
  if (!field.startsWith(rule)) return false;
  const next = field.charAt(rule.length);
  return next === '' || next === '.' || next === '[';
}

/** Fields of one object that claworc.yaml leaves to the cluster. */
export function fieldsLeftToCluster({ spec }: Fleet, kind: string, name: string): readonly string[] {
  const rules = spec.policy?.leaveToCluster ?? [];
  return rules.flatMap((rule) =>
    rule.kind === kind && (rule.name === undefined || rule.name === name) ? rule.fields : [],
  );
}

/** Rules that would take from Claworc what it needs. */
export function leftFieldIssues({ spec }: Fleet): readonly Issue[] {
  return (spec.policy?.leaveToCluster ?? []).flatMap(({ fields }, index) =>
    fields.flatMap((field, at): readonly Issue[] => {
      const needed = NEEDED.find((one) => coversField(field, one));
      if (needed === undefined) return [];
      const message = `covers ${needed}, by which Claworc knows its own objects: name the one field that is meant`;
      return [{ path: ['spec', 'policy', 'leaveToCluster', index, 'fields', at], on: 'value', message }];
    }),
  );
}
