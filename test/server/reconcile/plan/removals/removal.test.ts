import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../../server/reconcile/desired/desired-state.ts';
import { PART_OF_LABEL, RETAINED_LABEL, UNIT_ANNOTATION } from '../../../../../server/reconcile/desired/stamp.ts';
import { removalDigest, removalsOf } from '../../../../../server/reconcile/plan/removals/removal.ts';
import { appliedLive } from '../../live-fixture.ts';
import { RepoFixture } from '../../repo-fixture.ts';

const repo = (await RepoFixture.create('claworc')).record('bot-alpha').synth().repo;
const { objects } = desiredUnit(repo, 'bot-alpha') as DesiredUnit & { objects: readonly DesiredObject[] };
const living = objects.map(({ object }) => appliedLive(object));
const removed = (data: 'retain' | 'destroy') =>
  ({ unit: 'bot-alpha', state: 'removed', data, tombstone: 't' }) as const;
const found = (data: 'retain' | 'destroy', of: readonly LiveObject[], namespace = 'claworc') =>
  removalsOf(removed(data), of, namespace).map(({ kind, since }) => [kind, since]);

const isClaim = ({ kind }: LiveObject): boolean => kind === 'PersistentVolumeClaim';
const without = (kind: string): LiveObject[] => living.filter((object) => object.kind !== kind);
const labelled = (object: LiveObject, labels: Readonly<Record<string, string>>): LiveObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
});
const ending = (object: LiveObject): LiveObject => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: '2026-11-27T10:00:30Z', deletionGracePeriodSeconds: 30 },
});
const kept = living.filter(isClaim).map((claim) => labelled(claim, { [RETAINED_LABEL]: 'bot-alpha' }));

describe('a bot with a tombstone', () => {
  test('is one removal as long as anything of it lives, whatever has gone', () => {
    expect(found('retain', living)).toEqual([['bot', null]]);
    for (const object of living.filter((each) => !isClaim(each))) {
      expect([object.kind, found('retain', [object])]).toEqual([object.kind, [['bot', null]]]);
    }
    expect(found('retain', [])).toEqual([]);
  });

  test('is none where only volumes are left that it keeps, and one where it destroys them', () => {
    const claims = living.filter(isClaim);
    expect(claims.length).toBeGreaterThan(0);
    expect(found('retain', claims)).toEqual([]);
    expect(found('destroy', claims)).toEqual([['bot', null]]);
  });

  test('whose volumes were kept is a removal of kept data, only where they are to be destroyed', () => {
    expect(found('retain', kept)).toEqual([]);
    expect(found('destroy', kept)).toEqual([['kept_data', null]]);
    expect(found('destroy', [...without('PersistentVolumeClaim'), ...kept])).toEqual([
      ['bot', null],
      ['kept_data', null],
    ]);
  });

  test('began when the deletion of its Deployment did, as long as others of it are left', () => {
    const begun = living.map((object) => (object.kind === 'Deployment' ? ending(object) : object));
    expect(found('retain', begun)).toEqual([['bot', Date.parse('2026-11-27T10:00:00Z')]]);
  });

  test('is past counting where all of it is being deleted', () => {
    expect(found('destroy', living.map(ending))).toEqual([]);
    expect(found('destroy', kept.map(ending))).toEqual([]);
  });

  test('does not count what another set has, what names another bot, and what lives in another namespace', () => {
    expect(
      found(
        'destroy',
        living.map((object) => labelled(object, { [PART_OF_LABEL]: 'another' })),
      ),
    ).toEqual([]);
    const named = (mark: string) =>
      living.map((object) => ({
        ...object,
        metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [UNIT_ANNOTATION]: mark } },
      }));
    expect(found('destroy', named('bot-beta/Deployment/bot-alpha'))).toEqual([]);
    expect(found('destroy', living, 'another')).toEqual([]);
    const foreign = kept.map((claim) => labelled(claim, { [RETAINED_LABEL]: 'bot-beta' }));
    expect(found('destroy', foreign)).toEqual([['bot', null]]);
  });
});

test('another bot, kind, fate of the data or tombstone is another removal', () => {
  const digests = [
    removalDigest(removed('retain'), 'bot'),
    removalDigest(removed('retain'), 'kept_data'),
    removalDigest(removed('destroy'), 'bot'),
    removalDigest({ ...removed('retain'), unit: 'bot-beta' }, 'bot'),
    removalDigest({ ...removed('retain'), tombstone: 'u' }, 'bot'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(digests.filter((digest) => !/^[0-9a-f]{16}$/.test(digest))).toEqual([]);
  expect(removalDigest(removed('retain'), 'bot')).toBe(digests[0]);
});
