import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { LiveUnit } from '../../../../server/reconcile/live/live-unit.ts';
import { keyOf } from '../../../../server/reconcile/live/live-unit.ts';
import { growingClasses } from '../../../../server/reconcile/live/storage-classes.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { appliedLive } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

describe('the classes of claims that are to grow', () => {
  let asked: string[];
  let desired: DesiredUnit;
  let live: LiveUnit;
  beforeEach(async () => {
    const fixture = await RepoFixture.create('claworc');
    const unit = desiredUnit(fixture.record('bot-a').synth().repo, 'bot-a');
    if (unit.state !== 'present') throw new Error(unit.state);
    asked = [];
    const objects = unit.objects.map((each) => ({
      ...each,
      get object(): KubeObject {
        asked.push(each.kind);
        return each.object;
      },
    }));
    desired = { ...unit, objects };
    live = { objects: new Map(unit.objects.map(bound)), parent: undefined, pods: [] };
  });

  /** Each object as it lives, claims smaller than they are wanted. */
  const bound = ({ kind, name, object }: DesiredObject) => {
    const found = appliedLive(object);
    const claim = { spec: { storageClassName: 'fast', resources: { requests: { storage: '1Mi' } } } };
    const isClaim = kind === 'PersistentVolumeClaim';
    return [keyOf(kind, name), isClaim ? { ...found, ...claim, status: { phase: 'Bound' } } : found] as const;
  };

  it('are found out by asking for the body of each bound claim once, and of nothing else', () => {
    const first = growingClasses(desired, live);
    const claims = asked.length;

    expect(first).toContain('fast');
    expect(new Set(asked)).toEqual(new Set(['PersistentVolumeClaim']));
    expect(growingClasses(desired, live)).toEqual(first);
    expect(asked).toHaveLength(claims);
  });
});
