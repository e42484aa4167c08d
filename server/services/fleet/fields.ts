import type { Fleet, LeftFields } from '../../../constructs/schema/index.ts';
import type { UpdateSettings } from '../../http/schemas/settings.ts';

const FIELDS: Readonly<Record<string, string>> = {
  'resources.requests.cpu': 'default_cpu_request',
  'resources.limits.cpu': 'default_cpu_limit',
  'resources.requests.memory': 'default_memory_request',
  'resources.limits.memory': 'default_memory_limit',
  'storage.clawdbot': 'default_storage_clawdbot',
  'storage.homebrew': 'default_storage_homebrew',
  'storage.clawd': 'default_storage_clawd',
  'storage.chrome': 'default_storage_chrome',
  exposure: 'vnc_exposure',
};

/** The API's name of a field of claworc.yaml; those with the same name, and unknown ones, without `spec.`. */
export function fleetFieldOf(path: string): string {
  const field = path.replace(/^spec\./, '');
  return FIELDS[field] ?? field.replace(/^policy\.leaveToCluster/, 'leave_to_cluster');
}

/** claworc.yaml with the given settings; what is not given stays as it is. */
export function withSettings({ spec: before, ...fleet }: Fleet, body: UpdateSettings): Fleet {
  const spec = body.leave_to_cluster === undefined ? before : withLeft(before, body.leave_to_cluster);
  const { requests, limits } = spec.resources;
  const applier = body.applier ?? spec.applier;
  const reconcile = body.reconcile ?? spec.reconcile;
  const { reconcile: _, ...others } = spec;
  return {
    ...fleet,
    spec: {
      ...others,
      ...(reconcile === undefined || isPlainApply(reconcile) ? {} : { reconcile }),
      namespace: body.namespace ?? spec.namespace,
      ...(applier === undefined ? {} : { applier }),
      rendering: body.rendering ?? spec.rendering,
      image: body.image ?? spec.image,
      exposure: body.vnc_exposure ?? spec.exposure,
      ...(body.publish === undefined ? {} : { publish: body.publish }),
      resources: {
        requests: {
          cpu: body.default_cpu_request ?? requests.cpu,
          memory: body.default_memory_request ?? requests.memory,
        },
        limits: { cpu: body.default_cpu_limit ?? limits.cpu, memory: body.default_memory_limit ?? limits.memory },
      },
      storage: {
        ...spec.storage,
        clawdbot: body.default_storage_clawdbot ?? spec.storage.clawdbot,
        homebrew: body.default_storage_homebrew ?? spec.storage.homebrew,
        clawd: body.default_storage_clawd ?? spec.storage.clawd,
        chrome: body.default_storage_chrome ?? spec.storage.chrome,
      },
    },
  };
}

/** A policy that says nothing any more goes with its last rule. */
function withLeft({ policy, ...spec }: Fleet['spec'], leaveToCluster: readonly LeftFields[]): Fleet['spec'] {
  const { leaveToCluster: _before, ...rules } = policy ?? {};
  if (leaveToCluster.length > 0) return { ...spec, policy: { ...rules, leaveToCluster: [...leaveToCluster] } };
  return Object.keys(rules).length === 0 ? spec : { ...spec, policy: rules };
}

/** As if nothing were said. */
const isPlainApply = ({ mode, reason }: NonNullable<Fleet['spec']['reconcile']>): boolean =>
  mode === 'apply' && reason === undefined;
