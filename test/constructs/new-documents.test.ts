import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowestFreePortPair, newFleet, newRecord, newTombstone } from '../../constructs/new-documents.ts';
import { resolveInstance } from '../../constructs/resolve.ts';
import { explain } from '../../constructs/schema/explain/explain.ts';
import { TombstoneSchema, validateFleet, validateRecord } from '../../constructs/schema/index.ts';

const fleet = newFleet({ recipients: [] });

describe('new documents', () => {
  it('are valid', () => {
    expect(validateFleet(fleet)).toEqual([]);
    expect(validateRecord(newRecord({ name: 'bot-a', displayName: 'A' }, fleet))).toEqual([]);
    expect(explain(TombstoneSchema, newTombstone('bot-a', 'destroy', '2026-11-19T14:31:40Z', 'Ada'))).toEqual([]);
  });

  it('carry the defaults of the product', () => {
    expect(fleet.spec).toMatchObject({
      namespace: 'claworc',
      image: 'registry.optimalux.com:32001/optimalux/moltbot:latest',
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2000m', memory: '4Gi' } },
      storage: { clawdbot: '5Gi', homebrew: '10Gi', clawd: '5Gi', chrome: '5Gi' },
      exposure: 'proxy',
    });
  });

  it('copy storage sizes, so that a new default moves no volume, and inherit the rest', () => {
    const record = newRecord({ name: 'bot-a', displayName: 'A', storage: { chrome: '8Gi' } }, fleet);
    const later = {
      ...fleet,
      spec: { ...fleet.spec, image: 'x/y:2', storage: { ...fleet.spec.storage, clawd: '99Gi' } },
    };

    const resolved = resolveInstance(record, later);

    expect(record.spec.storage).toEqual({ clawdbot: '5Gi', homebrew: '10Gi', clawd: '5Gi', chrome: '8Gi' });
    expect(resolved).toMatchObject({ image: 'x/y:2', storage: { clawd: '5Gi' } });
    expect(resolved.inherited).toEqual([
      'image',
      'resources.requests.cpu',
      'resources.requests.memory',
      'resources.limits.cpu',
      'resources.limits.memory',
      'exposure',
    ]);
  });
});

describe('lowestFreePortPair', () => {
  it('fills gaps first, and ends with the fiftieth pair', () => {
    const taken = Array.from({ length: 50 }, (_, index) => ({
      chrome: 30100 + 2 * index,
      terminal: 30101 + 2 * index,
    }));

    expect(lowestFreePortPair([])).toEqual({ chrome: 30100, terminal: 30101 });
    expect(lowestFreePortPair(taken.toSpliced(7, 1))).toEqual({ chrome: 30114, terminal: 30115 });
    expect(lowestFreePortPair(taken.slice(0, 49))).toEqual({ chrome: 30198, terminal: 30199 });
    expect(lowestFreePortPair(taken)).toBeUndefined();
  });

  it('never gives a port that is taken, whatever the taken ones are', () => {
    const pair = fc.record({
      chrome: fc.integer({ min: 30100, max: 30199 }),
      terminal: fc.integer({ min: 30100, max: 30199 }),
    });
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 60 }), (taken) => {
        const free = lowestFreePortPair(taken);
        const used = taken.flatMap(({ chrome, terminal }) => [chrome, terminal]);

        if (free === undefined) return;
        expect(free.chrome % 2).toBe(0);
        expect(free.terminal).toBe(free.chrome + 1);
        expect(used).not.toContain(free.chrome);
        expect(used).not.toContain(free.terminal);
      }),
    );
  });
});
