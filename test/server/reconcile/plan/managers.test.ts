import { expect, test } from 'vitest';
import { describeConflicts, foreignConflicts, isHandEdit } from '../../../../server/reconcile/plan/managers.ts';

test.each(['kubectl', 'kubectl-edit', 'kubectl-client-side-apply', 'kubectl-patch', 'kubectl-set'])(
  '%s is a hand edit',
  (manager) => {
    expect(isHandEdit(manager)).toBe(true);
  },
);

test.each(['kubectl-rollout', 'kubectlish', 'hpa', 'argocd-controller', 'k9s', ''])('%j is not', (manager) => {
  expect(isHandEdit(manager)).toBe(false);
});

test('a field conflicts when anything but a hand edit owns its live value', () => {
  const field = (name: string, owners: readonly string[], live: string | null = '3') => ({
    field: name,
    main: '1',
    live,
    owners,
  });
  const conflicts = foreignConflicts([
    field('spec.replicas', ['kubectl', 'hpa']),
    field('spec.paused', ['kubectl-edit']),
    field('spec.gone', ['hpa'], null),
  ]);
  expect(conflicts).toEqual([{ manager: 'hpa', field: 'spec.replicas' }]);
  expect(describeConflicts(conflicts)).toBe('spec.replicas is held by hpa');
});
