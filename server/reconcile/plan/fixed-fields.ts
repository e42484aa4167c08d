import type { ManagedKind } from '../../cluster/resources.ts';
import { isRecord } from '../../lib/is-record.ts';
import { DIGEST_ANNOTATION } from '../desired/stamp.ts';
import { formatPath, member } from './field-path.ts';

interface FixedField {
  /** A text is the field itself. */
  readonly field: RegExp | string;
  /** Whether it is fixed in this object. @default it always is */
  readonly holds?: (live: unknown) => boolean;
}

const spec = (object: unknown): Readonly<Record<string, unknown>> =>
  isRecord(object) && isRecord(object.spec) ? object.spec : {};
const isSet = (name: string) => (live: unknown) => spec(live)[name] !== undefined && spec(live)[name] !== '';
const isImmutable = (live: unknown): boolean => isRecord(live) && live.immutable === true;

const DIGEST = formatPath([member('metadata'), member('annotations'), member(DIGEST_ANNOTATION)]);

/**
 * Fields that the API server never changes in place, by kind; what only another object can have. A claim has rules of its
 * own (`judgeVolume`), since another claim is another volume, and every field of a network policy can change.
 */
const FIXED: Readonly<Record<ManagedKind, readonly FixedField[]>> = {
  Deployment: [{ field: /^spec\.selector\b/ }],
  Service: [
    // An address is given once; a Service of the type ExternalName has none.
    { field: /^spec\.clusterIPs?$/, holds: (live) => isSet('clusterIP')(live) && spec(live).type !== 'ExternalName' },
    { field: /^spec\.loadBalancerClass$/, holds: isSet('loadBalancerClass') },
    { field: /^spec\.healthCheckNodePort$/, holds: isSet('healthCheckNodePort') },
  ],
  ConfigMap: [{ field: /^(data|binaryData|immutable)\b/, holds: isImmutable }],
  Secret: [
    { field: /^type$/ },
    { field: /^(data|stringData|immutable)\b/, holds: isImmutable },
    // Its value isn't read: that main has another one is told by the digest alone.
    { field: DIGEST, holds: isImmutable },
  ],
  PersistentVolumeClaim: [],
  NetworkPolicy: [],
};

/** True where the object has to be deleted and made again for this field to change. */
export const isFixed = (kind: ManagedKind, field: string, live: unknown): boolean =>
  FIXED[kind].some((rule) => isMeant(rule, field) && (rule.holds?.(live) ?? true));

const isMeant = ({ field: pattern }: FixedField, field: string): boolean =>
  typeof pattern === 'string' ? pattern === field : pattern.test(field);

/** What it means for a bot that an object of this kind is gone for a moment. */
export function outageOf(kind: ManagedKind): string {
  switch (kind) {
    case 'Deployment':
      return 'the bot is gone meanwhile';
    case 'Service':
      return 'its screens can’t be reached meanwhile, and it gets another address';
    case 'ConfigMap':
    case 'Secret':
    case 'NetworkPolicy':
    case 'PersistentVolumeClaim':
      return 'its pod goes on';
  }
}
