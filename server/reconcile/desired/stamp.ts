import { createHash } from 'node:crypto';
import type { KubeObject } from '../../../constructs/kube-object.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from '../../../constructs/schema/index.ts';
import type { LiveMetadata } from '../../cluster/live-object.ts';

export { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION };

export const FIELD_MANAGER = 'claworc';

/** On a volume whose bot is gone: the bot's name. */
export const RETAINED_LABEL = 'claworc.dev/retained';

export function unitMark(unit: string, kind: string, name: string): string {
  return `${unit}/${kind}/${name}`;
}

/**
 * The committed object plus exactly three marks: the ApplySet's label and two annotations. Never the commit, which
 * would rewrite the whole fleet with each one.
 */
export function stamp(object: KubeObject, unit: string, applySetId: string, digest: string): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [PART_OF_LABEL]: applySetId },
      annotations: {
        ...metadata.annotations,
        [UNIT_ANNOTATION]: unitMark(unit, object.kind, metadata.name),
        [DIGEST_ANNOTATION]: digest,
      },
    },
  };
}

/** The committed object again: as whoever else applies it has it. */
export function unstamped(object: KubeObject): KubeObject {
  const { labels = {}, annotations = {}, ...metadata } = object.metadata;
  const { [PART_OF_LABEL]: _partOf, ...ownLabels } = labels;
  const { [UNIT_ANNOTATION]: _unit, [DIGEST_ANNOTATION]: _digest, ...ownAnnotations } = annotations;
  const hasAnnotations = Object.keys(ownAnnotations).length > 0;
  return {
    ...object,
    metadata: { ...metadata, labels: ownLabels, ...(hasAnnotations && { annotations: ownAnnotations }) },
  };
}

/** 32 hex digits of SHA-256 over the canonical JSON: the same for the same content in any order of keys. */
export function digestOf(object: unknown): string {
  return createHash('sha256').update(canonicalJson(object)).digest('hex').slice(0, 32);
}

/** The unit that an object says it belongs to, only where its mark names the object itself. */
export function unitOf(object: { readonly kind: string; readonly metadata: LiveMetadata }): string | undefined {
  const mark = object.metadata.annotations?.[UNIT_ANNOTATION];
  const unit = mark?.split('/', 1)[0];
  return unit !== undefined && mark === unitMark(unit, object.kind, object.metadata.name) ? unit : undefined;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
