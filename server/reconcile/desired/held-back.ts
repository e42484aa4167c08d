import type { DesiredUnit, HeldBack } from './desired-state.ts';

type Present = Extract<DesiredUnit, { readonly state: 'present' }>;

/** What a bot is kept at while a rollout has not come to it: the objects of `base`, and all else as `main` has it. */
export function heldBackUnit(main: Present, base: Present, heldBack: HeldBack): DesiredUnit {
  const { unit, suspension } = main;
  return {
    ...{ unit, state: 'present', heldBack },
    ...(suspension && { suspension }),
    // Bodies are made when somebody asks for them.
    get objects() {
      return base.objects;
    },
  };
}

/** What keeps the unit at an older commit; undefined where it is as main says. */
export const heldBackIn = (desired: DesiredUnit): HeldBack | undefined =>
  desired.state === 'present' ? desired.heldBack : undefined;

/** `waits for ring 3 of 4 of the rollout of abc1234 and keeps what it runs, that of 0123456`. */
export const heldBackWords = ({ runs, target, ring, rings }: HeldBack): string =>
  `held back: it waits for ring ${ring} of ${rings} of the rollout of ${target.slice(0, 7)}, and is kept as ${runs.slice(0, 7)} has it`;

/** True where the unit is held back now, and what was looked at was something else. */
export const isHeldBackSince = (looked: DesiredUnit | undefined, now: DesiredUnit | undefined): boolean =>
  now !== undefined && now !== looked && heldBackIn(now) !== undefined;
