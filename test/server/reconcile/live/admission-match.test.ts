import { describe, expect, test } from 'vitest';
import { type Entering, type MatchConstraints, mayMeet } from '../../../../server/reconcile/live/admission-match.ts';

const DEPLOYMENTS = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] };
const OBJECT: Entering = {
  kind: 'Deployment',
  name: 'bot-alpha',
  labels: [{ app: 'bot-alpha', tier: 'bots' }, { app: 'bot-alpha' }],
};

const meets = (constraints: Partial<MatchConstraints>, object = OBJECT): boolean =>
  mayMeet({ rules: [DEPLOYMENTS], ...constraints }, object, 'claworc');
const byRule = (rule: object) => meets({ rules: [{ ...DEPLOYMENTS, ...rule }] });
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('an object on its way in', () => {
  test.each([
    ['of its own group and resource', {}, true],
    ['of every group', { apiGroups: ['*'] }, true],
    ['of another group', { apiGroups: [''] }, false],
    ['of every resource with its parts', { resources: ['*/*'] }, true],
    ['of a part of the resource', { resources: ['deployments/scale'] }, false],
    ['of removals alone', { operations: ['DELETE'] }, false],
    ['of what lies in a namespace', { scope: 'Namespaced' }, true],
    ['of what lies in no namespace', { scope: 'Cluster' }, false],
    ['of objects by name', { resourceNames: ['bot-alpha'] }, true],
    ['of others by name', { resourceNames: ['bot-beta'] }, false],
    ['of another version, of which this one is an equivalent', { apiVersions: ['v1beta1'] }, true],
  ])('and a rule %s: %o is %s', (_, rule, met) => {
    expect(byRule(rule)).toBe(met);
  });

  test('and a rule of another version that is meant exactly', () => {
    const rules = [{ ...DEPLOYMENTS, apiVersions: ['v1beta1'] }];

    expect(meets({ rules, matchPolicy: 'Exact' })).toBe(false);
    expect(meets({ matchPolicy: 'Exact' })).toBe(true);
  });

  test.each([
    ['its namespace', { matchLabels: { 'kubernetes.io/metadata.name': 'claworc' } }, true],
    ['another namespace', { matchLabels: { 'kubernetes.io/metadata.name': 'web' } }, false],
    ['all but its namespace', expression('kubernetes.io/metadata.name', 'NotIn', 'claworc', 'web'), false],
    ['all but others', expression('kubernetes.io/metadata.name', 'NotIn', 'web'), true],
    ['its namespace among others', expression('kubernetes.io/metadata.name', 'In', 'web', 'claworc'), true],
    ['a label that the namespace may have', { matchLabels: { 'istio-injection': 'enabled' } }, true],
    ['a label that it may lack', expression('istio-injection', 'DoesNotExist'), true],
  ])('and a webhook for %s: %o is %s', (_, namespaceSelector, met) => {
    expect(meets({ namespaceSelector })).toBe(met);
  });

  test.each([
    ['everything', {}, true],
    ['a label that it has', { matchLabels: { app: 'bot-alpha' } }, true],
    ['a label that only its form on the way has', { matchLabels: { tier: 'bots' } }, true],
    ['one that it lacks', { matchLabels: { inject: 'yes' } }, false],
    ['one of two that it lacks', { matchLabels: { app: 'bot-alpha', inject: 'yes' } }, false],
    ['what has a label', expression('app', 'Exists'), true],
    ['what has another', expression('inject', 'Exists'), false],
    ['what lacks a label', expression('app', 'DoesNotExist'), false],
    ['what lacks one that only one form has', expression('tier', 'DoesNotExist'), true],
    ['what has not one of some values', expression('inject', 'NotIn', 'no'), true],
    ['an operator that is not known yet', expression('app', 'Like', 'x'), true],
  ])('and a webhook for objects with %s: %o is %s', (_, objectSelector, met) => {
    expect(meets({ objectSelector })).toBe(met);
  });

  test('is not met by a policy that leaves it out whenever it is written', () => {
    const always = { ...DEPLOYMENTS, operations: ['CREATE', 'UPDATE'] };

    expect(meets({ excluded: [always] })).toBe(false);
    expect(meets({ excluded: [DEPLOYMENTS] })).toBe(true);
    expect(meets({ excluded: [{ ...always, resourceNames: ['bot-beta'] }] })).toBe(true);
  });

  test('of a kind that is never applied is met by none', () => {
    expect(meets({ rules: [{ ...DEPLOYMENTS, apiGroups: ['*'], resources: ['*'] }] }, { ...OBJECT, kind: 'Pod' })).toBe(
      false,
    );
  });
});
