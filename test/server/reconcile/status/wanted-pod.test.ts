import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { wantedPod } from '../../../../server/reconcile/status/wanted-pod.ts';

const bodyOf = (replicas: number | undefined): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'bot-a' },
  spec: { ...(replicas !== undefined && { replicas }), template: { spec: { containers: [{ name: 'bot' }] } } },
});

/** A bot whose Deployment counts how often its body was made. */
function unitOf(replicas?: number): { readonly unit: DesiredUnit; readonly made: () => number } {
  let made = 0;
  const deployment: DesiredObject = {
    kind: 'Deployment',
    name: 'bot-a',
    file: 'dist/bot-a/deployment.yaml',
    get object() {
      made += 1;
      return bodyOf(replicas);
    },
  };
  return { unit: { unit: 'bot-a', state: 'present', objects: [deployment] }, made: () => made };
}

describe('what main wants of the pod of a bot', () => {
  it('is rendered once, however often its pod says something (each event once cost a rendering of the bot)', () => {
    const { unit, made } = unitOf(0);

    for (let event = 0; event < 10; event += 1) {
      expect(wantedPod(unit)).toEqual({ container: 'bot', replicas: 0 });
    }

    expect(made()).toBe(1);
  });

  it('is one pod where main says no number, and nothing where main has nothing that could be applied', () => {
    expect(wantedPod(unitOf().unit)).toEqual({ container: 'bot', replicas: 1 });
    expect(wantedPod({ unit: 'bot-a', state: 'present', objects: [] })).toBeUndefined();
    expect(wantedPod({ unit: 'bot-a', state: 'held', reason: 'broken' })).toBeUndefined();
    expect(wantedPod({ unit: 'bot-a', state: 'removed', data: 'retain', tombstone: 't' })).toBeUndefined();
  });
});
