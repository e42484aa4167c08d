import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { ApiFailure } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { isRecord } from '../../lib/is-record.ts';
import { nodePortsOf } from '../desired/node-ports.ts';
import { DIGEST_ANNOTATION } from '../desired/stamp.ts';
import { heldIn } from '../plan/held-fields.ts';
import { withLeftFields } from '../plan/left-fields.ts';
import type { PlannedAction } from '../plan/plan-types.ts';
import { NO_PORTS_ON_MAIN, portsOfOthers } from '../plan/port-moves.ts';
import { applyObject } from './apply-object.ts';
import type { ExecuteOptions } from './execute-options.ts';
import { resultOf, type ActionResult } from './outcome.ts';
import type { PortClash } from './port-clash.ts';
import { refused } from './refused.ts';

export interface RefusedService {
  readonly action: PlannedAction;
  readonly unit: string;
  /** What main wants. */
  readonly object: KubeObject;
  readonly failure: ApiFailure;
  readonly clash: PortClash;
}

/**
 * What becomes of a Service that can't have its node ports now. Where main gives those that it has to another bot, it
 * becomes what main wants but for any node port. It waits for a port that its holder is about to give back; any other is for a
 * person to settle.
 */
export async function settleClash(
  { action, unit, object, failure, clash }: RefusedService,
  options: ExecuteOptions,
): Promise<ActionResult> {
  let { live } = action;
  const main = options.portsOnMain?.() ?? NO_PORTS_ON_MAIN;
  const held = live === undefined ? [] : nodePortsOf(live);
  const given = portsOfOthers(held, unit, main);
  const without = given.length === 0 ? undefined : withoutNodePorts(object, live, action.desired?.left ?? []);
  if (without !== undefined) {
    const notOurs = { left: action.desired?.left ?? [], held: heldIn(action).map(({ field }) => field) };
    const applied = await applyObject(options, without, live, notOurs);
    if (!applied.ok) return refused(action, applied.failure);
    options.sink.put(applied.value.object);
    live = applied.value.object;
  }
  const hasNone = live !== undefined && nodePortsOf(live).length === 0;
  const reason = `${clash.reason}${hasNone ? '; it has none meanwhile' : ''}`;
  const gaveBack = without === undefined ? {} : { gaveBack: held };
  return clash.isGivenBack
    ? resultOf(action, 'waiting', { reason, clash, ...gaveBack })
    : resultOf(action, 'failed', { reason, failure, clash, ...gaveBack });
}

/** Undefined where the type of the Service is left to the cluster: it keeps its ports as long as that stays. */
function withoutNodePorts(
  object: KubeObject,
  live: LiveObject | undefined,
  left: readonly string[],
): KubeObject | undefined {
  const spec = isRecord(object.spec) ? object.spec : {};
  const ports = (Array.isArray(spec.ports) ? (spec.ports as readonly unknown[]) : []).map((port) => {
    if (!isRecord(port)) return port;
    const { nodePort: _, ...rest } = port;
    return rest;
  });
  // It isn't what main wants: without its digest nobody takes the rest for a hand edit.
  const { [DIGEST_ANNOTATION]: _, ...annotations } = object.metadata.annotations ?? {};
  const metadata = { ...object.metadata, annotations };
  const sent = withLeftFields({ ...object, metadata, spec: { ...spec, type: 'ClusterIP', ports } }, live, left);
  return isRecord(sent.spec) && sent.spec.type === 'ClusterIP' ? sent : undefined;
}
