import { describe, expect, test } from 'vitest';
import { FLEET_UNIT } from '../../../../constructs/repo/paths.ts';
import { conditionsOf } from '../../../../server/reconcile/status/conditions.ts';
import { observedUnit } from '../observed-fixture.ts';

const CONNECTED = { state: 'connected', detail: '' } as const;
const at = (minute: number): string => `2026-11-20T12:0${minute}:00.000Z`;
const short = (...args: Parameters<typeof conditionsOf>): string[] =>
  conditionsOf(...args).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('conditions of a bot', () => {
  test('one that runs as main says is ready since the later of both', () => {
    const unit = observedUnit('bot-alpha', { sync: 'applied', syncSince: at(1), since: at(3) });
    expect(short(unit, CONNECTED)).toEqual([
      'Ready=True Ready',
      'Synced=True Applied',
      'Healthy=True Running',
      'Held=False NotHeld',
    ]);
    expect(conditionsOf(unit, CONNECTED)[0]?.since).toBe(at(3));
  });

  test('one that is stopped as main wants it is ready, and one that main wants to run is not', () => {
    const stopped = observedUnit('bot-alpha', { sync: 'applied', status: 'stopped', wish: 'stopped' });
    expect(short(stopped, CONNECTED)[0]).toBe('Ready=True Ready');
    expect(short({ ...stopped, wish: 'running' }, CONNECTED)[0]).toBe('Ready=False Stopped');
  });

  test('a held one says why, and is not ready for that reason', () => {
    const unit = observedUnit('bot-alpha', {
      sync: 'failed',
      syncSince: at(2),
      held: 'not rendered',
      reason: 'not rendered',
    });
    const [ready, , healthy, held] = conditionsOf(unit, CONNECTED);
    expect(ready).toEqual({ type: 'Ready', status: 'False', reason: 'Failed', message: 'not rendered', since: at(2) });
    expect(healthy?.status).toBe('True');
    expect(held).toEqual({ type: 'Held', status: 'True', reason: 'Held', message: 'not rendered', since: at(2) });
  });

  test('of a cluster that is silent nothing is known but what main holds', () => {
    const unit = observedUnit('bot-alpha', { sync: 'applied' });
    expect(short(unit, { state: 'unreachable', detail: 'it is silent' })).toEqual([
      'Ready=Unknown ClusterNotSeen',
      'Synced=Unknown ClusterNotSeen',
      'Healthy=Unknown ClusterNotSeen',
      'Held=False NotHeld',
    ]);
  });

  test('what the fleet shares has no health of its own, and is ready when it is as main says', () => {
    const unit = observedUnit(FLEET_UNIT, { sync: 'applied', status: 'creating', wish: null });
    expect(short(unit, CONNECTED)).toEqual(['Ready=True Ready', 'Synced=True Applied', 'Held=False NotHeld']);
  });

  test('since when it is ready is not known where one of both is not', () => {
    const unit = observedUnit('bot-alpha', { sync: 'applied', syncSince: null, since: at(3) });
    expect(conditionsOf(unit, CONNECTED)[0]).toMatchObject({ status: 'True', since: null });
  });
});
