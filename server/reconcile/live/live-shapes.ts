import type { LiveObject } from '../../cluster/live-object.ts';

/*
 * The parts of live objects that status is read from. They are views over plain JSON: every member may be absent, and
 * nothing here is sent back.
 */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Terminated {
  readonly reason?: string;
  readonly exitCode?: number;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly readinessGates?: readonly unknown[];
}

export interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly containers?: readonly { readonly name?: string }[];
    readonly terminationGracePeriodSeconds?: number;
  };
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly conditions?: readonly Condition[];
}

export interface ClaimStatus {
  readonly phase?: string;
  readonly capacity?: { readonly storage?: string };
}

export const podSpec = (pod: LiveObject): PodSpec => pod.spec ?? {};
export const podStatus = (pod: LiveObject): PodStatus => pod.status ?? {};
export const deploymentStatus = (object: LiveObject): DeploymentStatus => object.status ?? {};
export const claimStatus = (claim: LiveObject): ClaimStatus => claim.status ?? {};

export const replicasOf = (object: Readonly<Record<string, unknown>> | undefined): number | undefined =>
  (object?.spec as { readonly replicas?: number } | undefined)?.replicas;

export const templateOf = (deployment: Readonly<Record<string, unknown>> | undefined): PodTemplate =>
  (deployment?.spec as { readonly template?: PodTemplate } | undefined)?.template ?? {};

export const findCondition = (
  conditions: readonly Condition[] | undefined,
  type: string,
  status: string,
): Condition | undefined => conditions?.find((condition) => condition.type === type && condition.status === status);

export const isEnding = (object: LiveObject): boolean => object.metadata.deletionTimestamp !== undefined;

/** When its deletion was asked for. */
export function endingSince({ metadata }: LiveObject): string | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  return new Date(Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000)
    .toISOString()
    .replace('.000Z', 'Z');
}

export const createdAt = (object: LiveObject): string => object.metadata.creationTimestamp ?? '';
