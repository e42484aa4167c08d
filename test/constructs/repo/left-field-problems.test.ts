import { expect, it } from 'vitest';
import { readRepo } from '../../../constructs/repo/index.ts';
import { verifyRepo } from '../../../constructs/repo/verify-repo.ts';
import { coversField, fieldsLeftToCluster } from '../../../constructs/schema/index.ts';
import { filesOf } from './fixture.ts';

const withRule = (rule: string) =>
  filesOf('bot-a').edit('claworc.yaml', 'spec:\n', `spec:\n  policy:\n    leaveToCluster:\n      - ${rule}\n`).synth();

it.each([
  ['{kind: Deployment, fields: [spec.replicas]}'],
  ['{kind: Deployment, name: bot-a, fields: [\'spec.template.spec.containers[name="moltbot"].resources.limits\']}'],
  [
    '{kind: Service, fields: [\'spec.ports[port=6081,protocol="TCP"].port\', "metadata.labels[app.kubernetes.io/name]"]}',
  ],
  ['{kind: ConfigMap, fields: ["data[clawdbot.json]"]}'],
])('a field that is rendered may be left to the cluster: %s', (rule) => {
  expect(verifyRepo(withRule(rule))).toEqual([]);
});

it.each([
  ['{kind: Deployment, fields: [spec.replica]}', 'no Deployment of this fleet renders spec.replica'],
  ['{kind: Deployment, fields: [\'spec.template.spec.containers[name="bot"].image\']}', 'no Deployment of this fleet'],
  ['{kind: Service, name: bot-b-vnc, fields: [spec.type]}', 'no bot of this fleet has a Service bot-b-vnc'],
])('one that nothing renders is a warning at its place, and holds no bot: %s', (rule, says) => {
  const files = withRule(rule);
  const [problem, ...others] = verifyRepo(files);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    file: 'claworc.yaml',
    field: 'spec.policy.leaveToCluster[0].fields[0]',
    severity: 'warning',
    unit: null,
  });
  expect(problem?.message).toContain(says);
  expect(problem?.line).toBeGreaterThan(1);
});

it.each([
  ['{kind: Deployment, fields: [metadata.labels]}', 'covers metadata.labels[applyset.kubernetes.io/part-of]'],
  ['{kind: Deployment, fields: [metadata.name]}', 'covers metadata.name'],
  [
    '{kind: Deployment, fields: ["metadata.annotations[claworc.dev/digest]"]}',
    'by which Claworc knows its own objects',
  ],
  ['{kind: Deployment, fields: [spec]}', 'a field as a plan writes it'],
  ['{kind: Deployment, fields: [/spec/replicas]}', 'a field as a plan writes it'],
  ['{kind: Secret, fields: [data.KEY]}', 'Deployment'],
  ['{kind: Deployment}', 'fields'],
  ['{kind: Deployment, fields: [spec.replicas], names: [x]}', 'names'],
])('a rule that would take too much, or says nothing, is refused at its place: %s', (rule, says) => {
  const files = withRule(rule);
  const [problem] = readRepo(files).problems.filter(({ severity }) => severity === 'error');
  expect(problem?.file).toBe('claworc.yaml');
  expect(problem?.field).toMatch(/^spec\.policy\.leaveToCluster/);
  expect(`${problem?.message ?? ''} ${problem?.field ?? ''}`).toContain(says);
  expect(problem?.line).toBeGreaterThan(1);
});

it('a rule without a name is for all of its kind, one with a name for that object', () => {
  const { fleet } = readRepo(withRule('{kind: Deployment, fields: [spec.replicas]}'));
  const named = readRepo(withRule('{kind: Deployment, name: bot-b, fields: [spec.replicas]}')).fleet;
  expect(fieldsLeftToCluster(fleet!, 'Deployment', 'bot-a')).toEqual(['spec.replicas']);
  expect(fieldsLeftToCluster(fleet!, 'Service', 'bot-a')).toEqual([]);
  expect(fieldsLeftToCluster(named!, 'Deployment', 'bot-a')).toEqual([]);
});

it('a field stands for what is below it, and for nothing that only starts like it', () => {
  expect(coversField('spec.replicas', 'spec.replicas')).toBe(true);
  expect(coversField('spec.template', 'spec.template.spec.containers[name="a"].image')).toBe(true);
  expect(coversField('metadata.labels', 'metadata.labels[a/b]')).toBe(true);
  expect(coversField('spec.replicas', 'spec.replicasMax')).toBe(false);
  expect(coversField('spec.replicas.x', 'spec.replicas')).toBe(false);
});
