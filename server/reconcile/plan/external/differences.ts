import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { LiveObject, ManagedFieldsEntry } from '../../../cluster/live-object.ts';
import { isOurs } from '../../live/evidence.ts';
import { isSecretValue, sameValue, show, type FieldDifference } from '../diff.ts';
import { droppedFields } from '../dropped.ts';
import { formatPath, readPath, valueAt, type FieldPath } from '../field-path.ts';
import { isLeft } from '../left-fields.ts';
import { walkLeaves } from '../leaves.ts';
import { managersOf, owns } from '../ownership.ts';
import { lastAppliedFields } from './last-applied.ts';
import { sealedValue } from '../sealed-value.ts';

/** A field that isn't as main says, and whether its applier only has to bring it. */
export interface ExternalDifference extends FieldDifference {
  /** False where somebody else than the applier set what lives. */
  readonly isBehind: boolean;
}

/**
 * Where a live object that `applier` brought is not what main says. Values are compared, whoever owns them; what main no
 * longer has counts where the applier, or Claworc before it, claims it. The value of a Secret is neither opened nor kept:
 * it is told by `mark`, the one that its sealed file has.
 */
export function externalDifferences(
  desired: KubeObject,
  live: LiveObject,
  applier: ManagedFieldsEntry | undefined,
  { left = [], mark = null }: { readonly left?: readonly string[] | undefined; readonly mark?: string | null } = {},
): readonly ExternalDifference[] {
  const secret = desired.kind === 'Secret';
  const fields: ExternalDifference[] = [];
  const compare = (path: FieldPath, value: unknown, actual: unknown): void => {
    const concealed = secret && isSecretValue(path);
    if (isLeft(path, left)) return;
    const told = concealed && actual !== undefined ? sealedValue(live, path, applier, mark) : undefined;
    if (told === 'current' || told === 'unknown') return;
    if (!concealed && sameValue(value, actual, path, desired.kind)) return;
    const owners = managersOf(live, path);
    const isTheirs = actual === undefined || owners.length === 0 || isApplied(applier, path);
    const isBehind = told === undefined ? isTheirs : told === 'behind';
    const other = isBehind ? '(sealed before)' : '(other value)';
    const shown = (text: unknown): string => (concealed ? other : show(text));
    const texts = { main: concealed ? '(sealed)' : show(value), live: actual === undefined ? null : shown(actual) };
    fields.push({ field: formatPath(path), ...texts, owners, isBehind });
  };
  walkLeaves<unknown>(desired, live, valueAt, compare);
  if (secret) return fields;

  const dropped = new Map<string, FieldPath>();
  for (const path of droppedPaths(desired, live, applier)) {
    const [first] = path;
    // Labels and annotations are where every applier keeps its own marks.
    const isMark = first?.type === 'member' && first.name === 'metadata';
    if (!isMark && !isLeft(path, left)) dropped.set(formatPath(path), path);
  }
  for (const [field, path] of dropped) {
    const owners = managersOf(live, path);
    const isBehind = isApplied(applier, path) || owners.length === 0;
    fields.push({ field, main: null, live: show(readPath(live, path)), owners, isBehind });
  }
  return fields;
}

function droppedPaths(
  desired: KubeObject,
  live: LiveObject,
  applier: ManagedFieldsEntry | undefined,
): readonly FieldPath[] {
  const entries = live.metadata.managedFields?.filter((entry) => entry === applier || isOurs(entry)) ?? [];
  return [
    // An update claims what the API server filled in as well; what was applied on the client stands in an annotation.
    ...entries
      .filter(({ operation }) => operation === 'Apply')
      .flatMap(({ fieldsV1 = {} }) => droppedFields(desired, live, fieldsV1).map(({ path }) => path)),
    ...(applier?.operation === 'Update' ? lastAppliedFields(desired, live) : []),
  ];
}

const isApplied = (applier: ManagedFieldsEntry | undefined, path: FieldPath): boolean =>
  applier?.fieldsV1 !== undefined && owns(applier.fieldsV1, path);
