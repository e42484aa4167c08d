import { compareQuantities } from '../../../constructs/schema/index.ts';
import { isRecord } from '../../../server/lib/is-record.ts';
import { invalid, type Answer } from './answers.ts';

type Json = Readonly<Record<string, unknown>>;

const specOf = (object: Json | undefined): Json => (isRecord(object?.spec) ? object.spec : {});
const nameOf = (object: Json): string => String((object.metadata as Json).name);
const text = (value: unknown): string => JSON.stringify(value);

/** What the API server's validation says of a write to the kinds of ours, as far as Claworc depends on it. */
export function refuse(before: Json | undefined, after: Json, all: Iterable<Json>): Answer | undefined {
  switch (after.kind) {
    case 'PersistentVolumeClaim':
      return refuseClaim(before, after);
    case 'Deployment':
      return before !== undefined && text(specOf(before).selector) !== text(specOf(after).selector)
        ? invalid('Deployment.apps', nameOf(after), 'spec.selector', 'Invalid value: field is immutable')
        : undefined;
    case 'Service':
      return refuseService(after, all);
    default:
      return undefined;
  }
}

function refuseClaim(before: Json | undefined, after: Json): Answer | undefined {
  const refused = (field: string, why: string): Answer => invalid('PersistentVolumeClaim', nameOf(after), field, why);
  const [old, next] = [specOf(before), specOf(after)];
  if (next.accessModes === undefined) return refused('spec.accessModes', 'Required value: at least 1 access mode');
  if (before === undefined) return undefined;
  const rest = ({ resources: _, volumeName: __, ...spec }: Json): string => text(sorted(spec));
  if (rest(old) !== rest(next)) {
    return refused('spec', 'Forbidden: spec is immutable after creation except resources.requests for bound claims');
  }
  const [had, wants] = [storageOf(old), storageOf(next)];
  if (had === wants) return undefined;
  const phase = isRecord(before.status) ? before.status.phase : undefined;
  if (phase !== 'Bound') {
    return refused('spec', 'Forbidden: spec is immutable after creation except resources.requests for bound claims');
  }
  return compareQuantities(wants, had) < 0
    ? refused('spec.resources.requests.storage', 'Forbidden: field can not be less than status.capacity')
    : undefined;
}

const sorted = (value: Json): Json => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

function storageOf({ resources }: Json): string {
  const requests = isRecord(resources) && isRecord(resources.requests) ? resources.requests : {};
  return String(requests.storage);
}

function refuseService(after: Json, all: Iterable<Json>): Answer | undefined {
  const taken = new Set(
    [...all].filter((other) => other.kind === 'Service' && !isSame(other, after)).flatMap((other) => nodePorts(other)),
  );
  const port = nodePorts(after).find((number) => taken.has(number));
  if (port === undefined) return undefined;
  const why = `Invalid value: ${port}: provided port is already allocated`;
  return invalid('Service', nameOf(after), 'spec.ports[0].nodePort', why);
}

const isSame = (a: Json, b: Json): boolean =>
  nameOf(a) === nameOf(b) && (a.metadata as Json).namespace === (b.metadata as Json).namespace;

function nodePorts(service: Json): readonly number[] {
  const { ports } = specOf(service);
  return (Array.isArray(ports) ? (ports as readonly Json[]) : []).flatMap(({ nodePort }) =>
    typeof nodePort === 'number' ? [nodePort] : [],
  );
}

/** What the API server fills in where a write leaves it open: what is compared and shown, not everything. */
export function withDefaults(object: Json): Record<string, unknown> {
  const spec = specOf(object);
  switch (object.kind) {
    case 'Service': {
      const ports = (Array.isArray(spec.ports) ? (spec.ports as readonly Json[]) : []).map((port) => ({
        protocol: 'TCP',
        targetPort: port.port,
        ...port,
      }));
      return {
        ...object,
        spec: { type: 'ClusterIP', clusterIP: '10.0.0.10', sessionAffinity: 'None', ...spec, ports },
      };
    }
    case 'PersistentVolumeClaim':
      return { ...object, spec: { volumeMode: 'Filesystem', ...spec }, status: object.status ?? { phase: 'Pending' } };
    case 'Deployment':
      return { ...object, spec: { replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10, ...spec } };
    default:
      return { ...object };
  }
}
