import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyRepo } from '../../../constructs/repo/index.ts';
import { Files, filesOf, summaryOf } from './fixture.ts';

const verify = (files: Files) => summaryOf(verifyRepo(files));

describe('verifyRepo', () => {
  it('finds nothing wrong with a repo that was just synthesised', () => {
    expect(verify(filesOf('bot-a').key('global', 'BRAVE_API_KEY').tombstone('bot-old').synth())).toEqual([]);
  });

  it('finds nothing wrong with the examples of this project', () => {
    const root = resolve(import.meta.dirname, '../../..');
    const files = new Files().set('claworc.yaml', readFileSync(join(root, 'claworc.yaml')));
    for (const folder of ['instances', 'dist']) {
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile()) files.set(path.slice(root.length + 1), readFileSync(path));
      }
    }

    expect(files.size).toBe(28);
    expect(verify(files)).toEqual([]);
  });

  it('points at the first line that is not as it is rendered', () => {
    const files = filesOf('bot-a').synth().edit('dist/bot-a/deployment.yaml', 'replicas: 1', 'replicas: 2');

    expect(verify(files)).toEqual([
      'bot-a dist/bot-a/deployment.yaml:15 is not what instances/bot-a.yaml renders to: there it says `replicas: 1` (run synth)',
    ]);
  });

  it('names rendered files that are missing, and files that nothing renders to', () => {
    const files = filesOf('bot-a')
      .synth()
      .put('dist/bot-a/job.yaml', 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: bot-a\n  namespace: claworc\n');
    files.delete('dist/bot-a/service-vnc.yaml');

    expect(verify(files)).toEqual([
      'bot-a dist/bot-a/job.yaml: is not rendered from instances/bot-a.yaml; dist/ holds nothing else (run synth)',
      'bot-a dist/bot-a/job.yaml:2 is not among the kinds that are applied: ConfigMap (v1), Deployment (apps/v1), NetworkPolicy (networking.k8s.io/v1), PersistentVolumeClaim (v1), Secret (v1), Service (v1)',
      'bot-a dist/bot-a/service-vnc.yaml: is missing; instances/bot-a.yaml renders to it (run synth)',
    ]);
  });

  it.each([
    [
      'another namespace',
      'namespace: claworc',
      'namespace: kube-system',
      'must be claworc, the namespace of the fleet',
    ],
    ['a name that is not the unit’s', '  name: bot-a\n', '  name: bot-b\n', 'must be bot-a, or start with "bot-a-"'],
    [
      'a key in clear text',
      'replicas: 1',
      `replicas: 1 # sk-ant-api03-${'a'.repeat(30)}`,
      'an Anthropic API key in clear text',
    ],
    ['a second object', 'apiVersion: apps/v1', 'apiVersion: v1\n---\napiVersion: apps/v1', 'second document'],
  ])('says more about a rendered file with %s than that it differs', (_, passage, replacement, says) => {
    const files = filesOf('bot-a').synth().edit('dist/bot-a/deployment.yaml', passage, replacement);

    expect(verify(files)).toContainEqual(expect.stringContaining(says));
  });

  it('wants a tombstone, a record or nothing for a rendered folder', () => {
    const files = filesOf('bot-a', 'bot-b').key('bot-b', 'BRAVE_API_KEY').synth().tombstone('bot-b');
    files.delete('instances/bot-a.yaml');
    files.delete('instances/bot-b.yaml');

    expect(verify(files)).toEqual([
      'bot-a dist/bot-a/configmap-config.yaml: bot-a has no record: an instance leaves by a tombstone (run synth)',
      'bot-b dist/bot-b/configmap-config.yaml: bot-b has a tombstone: its rendered files leave with its record',
      'bot-b secrets/bot-b/brave-api-key.yaml: belongs to bot-b, which has no record',
    ]);
  });

  it('says once what is wrong with a record, and nothing about what it would render to', () => {
    const files = filesOf('bot-a', 'bot-b').synth().edit('instances/bot-a.yaml', 'clawd: 5Gi', 'clawd: 5GB');

    expect(verify(files)).toEqual([
      'bot-a instances/bot-a.yaml:12 "5GB" is not a Kubernetes quantity such as 500m, 2 or 4Gi',
    ]);
  });
});
