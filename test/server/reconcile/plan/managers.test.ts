import { expect, test } from 'vitest';
import { member } from '../../../../server/reconcile/plan/field-path.ts';
import { isHandEdit, settle } from '../../../../server/reconcile/plan/managers.ts';

test.each(['kubectl', 'kubectl-edit', 'kubectl-client-side-apply', 'kubectl-patch', 'kubectl-set'])(
  '%s is a hand edit',
  (manager) => {
    expect(isHandEdit(manager)).toBe(true);
  },
);

test.each(['kubectl-rollout', 'kubectlish', 'hpa', 'argocd-controller', 'k9s', ''])('%j is not', (manager) => {
  expect(isHandEdit(manager)).toBe(false);
});

test.each([
  ['kubectl-edit', 'take'],
  ['kubectl-rollout', 'hold'],
  ['kube-controller-manager', 'hold'],
] as const)(
  '%s with another value than main: %s, and yields where claworc.yaml leaves the field',
  (manager, verdict) => {
    const replicas = [member('spec'), member('replicas')];
    expect(settle(manager, replicas)).toBe(verdict);
    expect(settle(manager, replicas, ['spec.replicas'])).toBe('yield');
    expect(settle(manager, [member('spec'), member('paused')], ['spec.replicas'])).toBe(verdict);
  },
);
