import type { ManagedKind } from '../../cluster/resources.ts';

/**
 * Stages of an apply: the policy is there before the first pod, and what a pod mounts before the Deployment. A removal
 * goes through them backwards.
 */
const STAGES: Readonly<Record<ManagedKind, number>> = {
  NetworkPolicy: 0,
  ConfigMap: 1,
  Secret: 1,
  PersistentVolumeClaim: 1,
  Service: 2,
  Deployment: 3,
};

export const stageOf = (kind: ManagedKind): number => STAGES[kind];

export interface Sortable {
  readonly kind: ManagedKind;
  readonly name: string;
}

export const inApplyOrder = (a: Sortable, b: Sortable): number =>
  STAGES[a.kind] - STAGES[b.kind] || compare(a.kind, b.kind) || compare(a.name, b.name);

export const inRemovalOrder = (a: Sortable, b: Sortable): number => inApplyOrder(b, a);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
