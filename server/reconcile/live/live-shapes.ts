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

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly finishedAt?: string };
  };
  readonly lastState?: {
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly finishedAt?: string };
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
  readonly readyReplicas?: number;
  readonly conditions?: readonly Condition[];
}

export interface ClaimStatus {
  readonly phase?: string;
  readonly capacity?: { readonly storage?: string };
}

export const podStatus = (pod: LiveObject): PodStatus => pod.status ?? {};
export const deploymentStatus = (object: LiveObject): DeploymentStatus => object.status ?? {};
export const claimStatus = (claim: LiveObject): ClaimStatus => claim.status ?? {};

export const replicasOf = (object: Readonly<Record<string, unknown>> | undefined): number | undefined =>
  (object?.spec as { readonly replicas?: number } | undefined)?.replicas;

export const findCondition = (
  conditions: readonly Condition[] | undefined,
  type: string,
  status: string,
): Condition | undefined => conditions?.find((condition) => condition.type === type && condition.status === status);

export const isEnding = (object: LiveObject): boolean => object.metadata.deletionTimestamp !== undefined;
