import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../../server/cluster/live-object.ts';
import { MANAGED_KINDS } from '../../../../../server/cluster/resources.ts';
import { parentNameOf, unitApplySetId } from '../../../../../server/reconcile/desired/applyset-id.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION } from '../../../../../server/reconcile/desired/stamp.ts';
import { GROUP_KINDS_ANNOTATION, ID_LABEL, TOOLING_ANNOTATION } from '../../../../../server/reconcile/plan/applyset.ts';
import { findMarks } from '../../../../../server/reconcile/plan/fsck/find-marks.ts';

const UNITS = ['bot-alpha', 'bot-beta'];
const OURS: readonly string[] = [
  ...[PART_OF_LABEL, ID_LABEL, UNIT_ANNOTATION, DIGEST_ANNOTATION],
  ...[GROUP_KINDS_ANNOTATION, TOOLING_ANNOTATION],
];
const ids = [...UNITS, 'bot-gone'].map((unit) => unitApplySetId(unit, 'claworc'));
const names = [...UNITS, 'theirs', ...UNITS.map(parentNameOf)];

const object = fc
  .record({
    kind: fc.constantFrom(...MANAGED_KINDS),
    name: fc.constantFrom(...names),
    set: fc.option(fc.constantFrom(...ids, 'applyset-other-v1')),
    id: fc.option(fc.constantFrom(...ids)),
    mark: fc.option(fc.constantFrom('self', 'bot-alpha/Secret/other', 'x')),
    unit: fc.constantFrom(...UNITS),
    isApplied: fc.boolean(),
  })
  .map(({ kind, name, set, id, mark, unit, isApplied }): LiveObject => {
    const annotation = mark === 'self' ? `${unit}/${kind}/${name}` : mark;
    return {
      apiVersion: 'v1',
      kind,
      metadata: {
        name,
        uid: `${kind}-${name}`,
        resourceVersion: '1',
        labels: { app: 'x', ...(set !== null && { [PART_OF_LABEL]: set }), ...(id !== null && { [ID_LABEL]: id }) },
        annotations: { note: 'x', ...(annotation !== null && { [UNIT_ANNOTATION]: annotation }) },
        managedFields: isApplied ? [{ manager: 'claworc', operation: 'Apply' }] : [],
      },
    };
  });

test('a repair of marks takes marks of ours only, of nothing that is a member by its own mark or that we applied', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 6 }), (objects) => {
      for (const { kind, repair } of findMarks(objects, UNITS, 'claworc')) {
        if (repair === undefined) continue;
        if (repair.type !== 'take_marks') throw new Error(`${kind} is repaired by ${repair.type}`);
        const { live, patch } = repair;
        const { labels, annotations } = patch.metadata as Record<string, Record<string, unknown>>;
        const touched = Object.entries({ ...labels, ...annotations });
        expect(touched.length).toBeGreaterThan(0);
        for (const [name, value] of touched) {
          expect(OURS).toContain(name);
          expect(value).toBeNull();
        }
        if (kind !== 'copied_mark') continue;
        expect(live.metadata.managedFields).toEqual([]);
        const mark = live.metadata.annotations?.[UNIT_ANNOTATION]?.split('/').slice(1).join('/');
        expect(mark).not.toBe(`${live.kind}/${live.metadata.name}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('looking twice at the same namespace finds the same, and what a repair took off is not found again', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 6 }), (objects) => {
      const found = findMarks(objects, UNITS, 'claworc');
      expect(findMarks(objects, UNITS, 'claworc')).toEqual(found);
      const repaired = new Map(
        found.flatMap(({ repair }) => (repair?.type === 'take_marks' ? [[repair.live, repair.patch] as const] : [])),
      );
      const after = objects.map((each) => {
        const patch = repaired.get(each)?.metadata as Record<'labels' | 'annotations', object> | undefined;
        if (patch === undefined) return each;
        const without = (map: Readonly<Record<string, string>> = {}, gone: object) =>
          Object.fromEntries(Object.entries(map).filter(([name]) => !Object.hasOwn(gone, name)));
        const { labels, annotations } = each.metadata;
        const metadata = {
          ...each.metadata,
          labels: without(labels, patch.labels),
          annotations: without(annotations, patch.annotations),
        };
        return { ...each, metadata };
      });
      const again = findMarks(after, UNITS, 'claworc').filter(({ kind }) => kind === 'double_parent');
      expect(again).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
