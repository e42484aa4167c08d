import type { DesiredObject, DesiredUnit } from '../desired/desired-state.ts';
import { replicasOf } from '../live/live-shapes.ts';
import { runtimeContainer } from '../live/pods.ts';

/** What main says of a bot's pod, as far as its status asks. */
export interface WantedPod {
  /** Name of the bot's own container. */
  readonly container: string | undefined;
  readonly replicas: number;
}

/**
 * Undefined where main wants no Deployment that could be applied. Its body may have to be rendered to be seen: that is done
 * once for each that main wants, and not at each event of its pod.
 */
export function wantedPod(desired: DesiredUnit): WantedPod | undefined {
  if (desired.state !== 'present') return undefined;
  const deployment = desired.objects.find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined) return undefined;
  const known = pods.get(deployment);
  if (known !== undefined) return known;
  const { object } = deployment;
  const pod = { container: runtimeContainer(object), replicas: replicasOf(object) ?? 1 };
  pods.set(deployment, pod);
  return pod;
}

const pods = new WeakMap<DesiredObject, WantedPod>();
