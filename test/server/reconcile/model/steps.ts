import fc from 'fast-check';
import type { DataFate } from '../../../../constructs/schema/index.ts';

export const BOTS = ['bot-a', 'bot-b'] as const;
export type BotName = (typeof BOTS)[number];

/** Kinds that somebody else may delete and get back; what becomes of volumes is looked at by itself. */
export const REMADE = ['Deployment', 'Service', 'NetworkPolicy'] as const;

/**
 * What becomes of a request of ours: `refused` by the server; `throttled`; `cut` before it was done; `lost`: done, and the
 * answer never came.
 */
export const FAULTS = ['none', 'refused', 'throttled', 'cut', 'lost'] as const;
export type FaultName = (typeof FAULTS)[number];

export type Step =
  | { readonly type: 'set'; readonly bot: BotName; readonly memory: number }
  | { readonly type: 'remove'; readonly bot: BotName; readonly data: DataFate }
  /** A record goes without a tombstone, as by a hand in the checkout. */
  | { readonly type: 'lose'; readonly bot: BotName }
  /** dist/ is not what the record renders. */
  | { readonly type: 'tamper'; readonly bot: BotName }
  | { readonly type: 'hand-edit'; readonly bot: BotName; readonly replicas: number }
  | { readonly type: 'hand-label'; readonly bot: BotName; readonly value: string }
  | { readonly type: 'delete'; readonly bot: BotName; readonly kind: (typeof REMADE)[number] }
  | { readonly type: 'delete-parent'; readonly bot: BotName }
  /** Somebody's object that carries the marks of one of ours. */
  | { readonly type: 'copy-marks'; readonly bot: BotName }
  /** An apply of main, with what befalls its writes, in order; ends for good before write number `killedAt`. */
  | { readonly type: 'apply'; readonly faults: readonly FaultName[]; readonly killedAt: number | null }
  /** An apply of the commit before main. */
  | { readonly type: 'apply-older' };

const bot = fc.constantFrom(...BOTS);

const FAULTY = fc.oneof(
  { weight: 3, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
);
const NO_FAULTS: readonly FaultName[] = [];

/** Half of them whole: much of what can go wrong takes two applies that worked. */
const apply = fc.oneof(
  fc.constant({ type: 'apply' as const, faults: NO_FAULTS, killedAt: null }),
  fc.record({
    type: fc.constant('apply' as const),
    faults: fc.array(FAULTY, { maxLength: 24 }),
    killedAt: fc.option(fc.nat(20), { nil: null, freq: 2 }),
  }),
);

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: apply },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('set' as const), bot, memory: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('remove' as const),
      bot,
      data: fc.constantFrom<DataFate>('retain', 'destroy'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('lose' as const, 'tamper' as const), bot }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('hand-edit' as const), bot, replicas: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('hand-label' as const), bot, value: fc.constantFrom('red', 'blue') }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), bot, kind: fc.constantFrom(...REMADE) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('delete-parent' as const, 'copy-marks' as const), bot }) },
  { weight: 1, arbitrary: fc.constant({ type: 'apply-older' as const }) },
);
