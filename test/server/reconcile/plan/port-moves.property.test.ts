import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isGivingBack, portsOfOthers, type PortsOnMain } from '../../../../server/reconcile/plan/port-moves.ts';

const BOTS = ['a', 'b', 'c', 'd', 'e', 'f'];

type Holdings = Map<string, readonly number[]>;

/** One try at one bot's Service, with the rules of the API server: a port belongs to one Service at a time. */
function takeTurn(unit: string, live: Holdings, main: PortsOnMain): 'done' | 'waits' | 'stuck' {
  const wanted = main.ports.get(unit) ?? [];
  const holderOf = (port: number) => [...live].find(([other, ports]) => other !== unit && ports.includes(port))?.[0];
  const clash = wanted.find((port) => holderOf(port) !== undefined);
  if (clash === undefined) {
    live.set(unit, wanted);
    return 'done';
  }
  if (portsOfOthers(live.get(unit) ?? [], unit, main).length > 0) live.set(unit, []);
  return isGivingBack(holderOf(clash) ?? '', clash, main) ? 'waits' : 'stuck';
}

/** A pair for each bot of some; the rest has none. */
const pairs = fc
  .shuffledSubarray(BOTS)
  .chain((bots) =>
    fc
      .shuffledSubarray([30100, 30102, 30104, 30106, 30108, 30110], { minLength: bots.length, maxLength: bots.length })
      .map((starts) => new Map(bots.map((bot, index) => [bot, [starts[index] ?? 0, (starts[index] ?? 0) + 1]]))),
  );

const inAnyOrder = fc.shuffledSubarray(BOTS, { minLength: BOTS.length });

test('bots that exchange their node ports in any way have those of main after two turns each, whoever comes first', () => {
  fc.assert(
    fc.property(pairs, pairs, inAnyOrder, inAnyOrder, (before, ports, first, second) => {
      const live: Holdings = new Map(before);
      const main: PortsOnMain = { ports, stateOf: () => 'present' };

      for (const unit of first) expect(takeTurn(unit, live, main)).not.toBe('stuck');
      for (const unit of second) expect(takeTurn(unit, live, main)).toBe('done');

      for (const unit of BOTS) expect(live.get(unit) ?? []).toEqual(ports.get(unit) ?? []);
    }),
  );
});

test('a bot that can have no other ports holds up none of the others, and only they change that must', () => {
  fc.assert(
    fc.property(pairs, pairs, inAnyOrder, fc.constantFrom(...BOTS), (before, ports, order, blocked) => {
      const [taken] = ports.get(blocked) ?? [];
      fc.pre(taken !== undefined && ![...before.values()].flat().includes(taken));
      const live: Holdings = new Map([...before, ['stranger', [taken]]]);
      const main: PortsOnMain = { ports, stateOf: (unit) => (unit === 'stranger' ? undefined : 'present') };

      for (const unit of [...order, ...order]) takeTurn(unit, live, main);

      for (const unit of BOTS) if (unit !== blocked) expect(live.get(unit) ?? []).toEqual(ports.get(unit) ?? []);
      const others = [...ports].flatMap(([unit, theirs]) => (unit === blocked ? [] : theirs));
      const isWantedElsewhere = before.get(blocked)?.some((port) => others.includes(port)) === true;
      expect(live.get(blocked)).toEqual(isWantedElsewhere ? [] : before.get(blocked));
    }),
  );
});

test('a port is expected back from a bot that main gave another pair, gave none, or removes, and from nobody else', () => {
  const ports = new Map([
    ['moved', [30102, 30103]],
    ['same', [30100, 30101]],
  ]);
  const states = new Map<string, 'present' | 'removed' | 'held'>([
    ...['moved', 'same', 'proxied'].map((unit) => [unit, 'present'] as const),
    ['removed', 'removed'],
    ['held', 'held'],
  ]);
  const main: PortsOnMain = { ports, stateOf: (unit) => states.get(unit) };

  const names = ['moved', 'same', 'proxied', 'removed', 'held', 'unknown'];
  expect(names.filter((unit) => isGivingBack(unit, 30100, main))).toEqual(['moved', 'proxied', 'removed']);
});

test('a port that main gives to the bot itself is not among those that it has to give back', () => {
  const ports = new Map([
    ['a', [30100, 30101]],
    ['b', [30102, 30103]],
  ]);

  expect(portsOfOthers([30100, 30103, 30105], 'a', { ports, stateOf: () => 'present' })).toEqual([30103]);
});
