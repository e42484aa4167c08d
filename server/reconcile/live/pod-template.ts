import type { LiveObject } from '../../cluster/live-object.ts';
import { isRecord } from '../../lib/is-record.ts';
import { deploymentStatus, templateOf } from './live-shapes.ts';

/** The Deployment's controller has read the spec that is there now. */
export function isObserved(deployment: LiveObject): boolean {
  const { generation } = deployment.metadata;
  return generation === undefined || (deploymentStatus(deployment).observedGeneration ?? 0) >= generation;
}

/**
 * Whether a pod was made from the Deployment's template as it is now. What admission adds to pods says nothing: the
 * template's annotations and the controller's own count are looked at. A controller makes pods before it says what it
 * has read; for that moment the pod's own spec tells.
 */
export function isFromTemplate(pod: LiveObject, deployment: LiveObject): boolean {
  const template = templateOf(deployment);
  const wanted = Object.entries(template.metadata?.annotations ?? {});
  if (!wanted.every(([key, value]) => pod.metadata.annotations?.[key] === value)) return false;
  if (!isObserved(deployment)) return isMadeOf(pod.spec, template.spec);
  const { replicas = 0, updatedReplicas = 0 } = deploymentStatus(deployment);
  return replicas === 0 || updatedReplicas > 0;
}

/** Lists have the same items; what a pod has beside the fields of the template was put in on its way. */
function isMadeOf(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(live) && live.length === wanted.length && wanted.every((item, at) => isMadeOf(live[at], item));
  }
  if (!isRecord(wanted)) return live === wanted;
  return isRecord(live) && Object.entries(wanted).every(([key, value]) => isMadeOf(live[key], value));
}
