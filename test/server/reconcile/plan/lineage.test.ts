import { describe, expect, test } from 'vitest';
import type { CommitOrder } from '../../../../server/git/read/commit-order.ts';
import { lineagePermit, readLineage, refuseOlder, type Lineage } from '../../../../server/reconcile/plan/lineage.ts';

const NOW = 'd4cb2be'.padEnd(40, '0');
const LAST = 'e301640'.padEnd(40, '0');

const lineage = (order: CommitOrder): Promise<Lineage> => readLineage(NOW, LAST, async () => order);
const reason = (it: Lineage): string => ('reason' in it ? it.reason : '');

describe('a commit beside the one that the cluster runs', () => {
  test('may do everything when it comes after it, is it, or is the first', async () => {
    const fine = [
      await lineage('after'),
      await readLineage(NOW, NOW, undefined),
      await readLineage(NOW, undefined, undefined),
    ];

    for (const each of fine) {
      expect(lineagePermit(each)).toEqual({ allowed: true });
      expect(refuseOlder(each, false)).toBeNull();
    }
  });

  test('is refused with both commits named when it is older, as in an old pipeline that is run again', async () => {
    const older = await lineage('before');

    expect(refuseOlder(older, false)).toBe('d4cb2be is older than e301640, which the cluster runs');
    expect(refuseOlder(older, true)).toBeNull();
    expect(lineagePermit(older).allowed).toBe(false);
  });

  test('of a shallow clone is not called rewritten: it is refused with the command that gets the history', async () => {
    const cutOff = await lineage('cut_off');

    expect(refuseOlder(cutOff, false)).toContain('git fetch --unshallow');
    expect(reason(cutOff)).not.toContain('rewritten');
    expect(lineagePermit(cutOff).allowed).toBe(false);
  });

  test('that can not be compared because the other is missing is refused with the command that gets it', async () => {
    const missing = await lineage('missing');

    expect(refuseOlder(missing, false)).toContain(`git fetch origin ${LAST}`);
    expect(lineagePermit(missing).allowed).toBe(false);
  });

  test('of another branch or a rewritten history is applied, and nothing is removed on its word', async () => {
    const apart = await lineage('apart');

    expect(refuseOlder(apart, false)).toBeNull();
    expect(lineagePermit(apart).allowed).toBe(false);
    expect(reason(apart)).toContain('does not come after e301640');
  });

  test('holds what lives where the repository is another one, and what the fleet shares on another branch (a second Claworc once took over a global key)', async () => {
    const heldBy = async (order: CommitOrder, allowOlder = false) => {
      const permit = lineagePermit(await lineage(order), allowOlder);
      return permit.allowed ? 'allowed' : permit.overwrites?.units;
    };

    expect(await heldBy('missing')).toBe('living');
    expect(await heldBy('apart')).toBe('fleet');
    expect([await heldBy('before'), await heldBy('cut_off')]).toEqual([undefined, undefined]);
    expect([await heldBy('missing', true), await heldBy('apart', true)]).toEqual([undefined, undefined]);
  });

  test('takes nothing from an annotation that is no commit to git or to a terminal', async () => {
    const foreign = await readLineage(NOW, '\u001b[2J--upload-pack=x', () =>
      Promise.reject(new Error('git was asked')),
    );

    expect(refuseOlder(foreign, false)).toBe('the cluster names no commit as the one it runs');
  });
});
