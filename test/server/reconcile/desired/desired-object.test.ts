import { describe, expect, test } from 'vitest';
import { renderUnit } from '../../../../constructs/repo/index.ts';
import { desiredManifest, desiredSecret } from '../../../../server/reconcile/desired/desired-object.ts';
import { RepoFixture } from '../repo-fixture.ts';

const fixture = await RepoFixture.create('claworc');
await fixture.record('bot-alpha').key('bot-alpha', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
const { repo } = fixture.synth();
const rendered = renderUnit(repo, 'bot-alpha');
if (!rendered.ok) throw new Error('not rendered');
const service = rendered.manifests.find(({ kind }) => kind === 'Service')!;
const key = [...repo.keys.values()][0]!;

describe('a rendered object is refused', () => {
  test.each([
    ['in another namespace', { ...service.object, metadata: { ...service.object.metadata, namespace: 'kube-system' } }],
    ['in no namespace', { ...service.object, metadata: { name: service.name } }],
  ])('%s', (_, object) => {
    expect(desiredManifest({ ...service, object }, 'bot-alpha', 'claworc')).toMatchObject({ ok: false });
  });

  test('with a name of another unit, a kind out of the table, or as a Secret in clear', () => {
    expect(desiredManifest({ ...service, name: 'bot-beta-vnc' }, 'bot-alpha', 'claworc')).toMatchObject({ ok: false });
    for (const kind of ['ClusterRoleBinding', 'Secret']) {
      const object = { ...service.object, apiVersion: 'v1', kind };
      expect(desiredManifest({ ...service, kind, object }, 'bot-alpha', 'claworc')).toMatchObject({ ok: false });
    }
  });

  test('and taken as it is in its own', () => {
    expect(desiredManifest(service, 'bot-alpha', 'claworc')).toMatchObject({ ok: true });
  });
});

describe('a sealed key is taken', () => {
  test('in the place that it is sealed for only: this unit and this namespace', () => {
    expect(desiredSecret(key, 'bot-alpha', 'claworc')).toMatchObject({ ok: true });
    const refused = { ok: false, reason: `${key.path}: it is sealed for another place` };
    expect(desiredSecret(key, 'bot-beta', 'claworc')).toEqual(refused);
    expect(desiredSecret(key, 'fleet', 'claworc')).toEqual(refused);
    expect(desiredSecret(key, 'bot-alpha', 'elsewhere')).toEqual(refused);
    expect(desiredSecret({ ...key, namespace: 'elsewhere' }, 'bot-alpha', 'claworc')).toEqual(refused);
  });
});
