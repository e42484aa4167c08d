import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from '../desired/stamp.ts';
import { formatPath, member, readPath, type FieldPath } from './field-path.ts';
import { ourFields, owns } from './ownership.ts';

const label = (name: string): FieldPath => [member('metadata'), member('labels'), member(name)];
const annotation = (name: string): FieldPath => [member('metadata'), member('annotations'), member(name)];

const DIGEST = annotation(DIGEST_ANNOTATION);
const MARKS: readonly FieldPath[] = [label(PART_OF_LABEL), annotation(UNIT_ANNOTATION), DIGEST];

/**
 * Marks that our last apply set and that the object lacks all the same, as fields. Whoever takes a mark away takes it from
 * our entry of managedFields as well; admission alone does not. Another digest is no stripped one: main was another then.
 */
export function strippedMarks(desired: KubeObject, live: LiveObject): readonly string[] {
  const ours = ourFields(live);
  if (ours === undefined) return [];
  return MARKS.filter((path) => {
    const there = readPath(live, path);
    const isOther = path === DIGEST ? there === undefined : there !== readPath(desired, path);
    return isOther && owns(ours, path);
  }).map(formatPath);
}

/** What that means and what to do. */
export function describeStripped(marks: readonly string[], namespace: string): string {
  const again = `kubectl -n ${namespace} annotate --overwrite deploy,svc,pvc,cm,secret,netpol -l app.kubernetes.io/managed-by=claworc ${DIGEST_ANNOTATION}=again`;
  return `the cluster takes Claworc's marks away on the way in (${marks.join(', ')}): without them it can't tell what is its own, nor remove it. Exempt them from the webhook or policy that does it, then have them written again: \`${again}\``;
}
