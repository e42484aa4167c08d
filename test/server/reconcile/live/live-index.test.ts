import { describe, expect, test } from 'vitest';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { RETAINED_LABEL } from '../../../../server/reconcile/desired/stamp.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { appliedLive } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const repo = await RepoFixture.create('claworc');
repo.record('bot-alpha');
const { objects } = desiredUnit(repo.synth().repo, 'bot-alpha') as DesiredUnit & {
  objects: readonly DesiredObject[];
};
const everything = objects.map(({ object }) => appliedLive(object));
const volumes = everything
  .filter(({ kind }) => kind === 'PersistentVolumeClaim')
  .map((claim) => {
    const labels = { ...claim.metadata.labels, [RETAINED_LABEL]: 'bot-alpha' };
    return { ...claim, metadata: { ...claim.metadata, labels } };
  });

describe('a bot that only the cluster knows', () => {
  test.each(everything.map((object) => [object.kind, object] as const))(
    'is there as long as its %s is, whatever else has gone',
    (_, object) => {
      const index = new LiveIndex();
      index.put(object);
      expect(index.units()).toEqual(['bot-alpha']);
      expect(index.hasMembers('bot-alpha')).toBe(true);
    },
  );

  test('is none where volumes that were kept are all that is left of it', () => {
    const index = new LiveIndex();
    for (const volume of volumes) index.put(volume);
    expect(volumes.length).toBeGreaterThan(0);
    expect(index.hasMembers('bot-alpha')).toBe(false);
    expect(index.retained()).toEqual([
      { instance: 'bot-alpha', volumes: volumes.map(({ metadata }) => metadata.name).sort() },
    ]);
  });
});
