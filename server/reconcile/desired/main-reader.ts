import { FLEET_UNIT, type Repo } from '../../../constructs/repo/index.ts';
import { createSnapshots, type Snapshots } from '../../git/snapshots.ts';
import { createDesiredReader, desiredUnit } from './desired.ts';
import { createRenderings, type Renderings } from './renderings.ts';
import type { Refutations } from './refutations.ts';
import type { DesiredState } from './desired-state.ts';
import type { DesiredSource } from './desired-source.ts';

export interface MainReader {
  /** What main wants now; the very same value while main has not moved. Null before its first commit. */
  read(): Promise<DesiredState | null>;
}

export interface MainReaderOptions {
  /** Of the same repository; saves a second reading of each commit. */
  readonly snapshots?: Pick<Snapshots, 'at'> | undefined;
  /** Of the same repository; saves a second rendering of each bot. */
  readonly renderings?: Renderings | undefined;
  /**
   * While claworc.yaml is broken or missing, main is what it was at the last commit read here where it was sound; only
   * the fleet's own unit says so. @default false: every unit is held
   */
  readonly keepsSound?: boolean | undefined;
  /** What is refuted is held from the next reading on. */
  readonly refutations?: Refutations | undefined;
}

export function createMainReader(source: DesiredSource, options: MainReaderOptions = {}): MainReader {
  const {
    snapshots = createSnapshots(source),
    renderings = createRenderings(),
    keepsSound = false,
    refutations,
  } = options;
  const reader = createDesiredReader({ renderings, refutations });
  let known: DesiredState | null = null;
  /** The head that `known` was read of. */
  let readAt: string | null = null;
  let sound: DesiredState | null = null;

  const readCommit = async (head: string): Promise<DesiredState> => {
    const { repo, refused } = await snapshots.at(head);
    if (keepsSound && repo.fleet === null && sound !== null) {
      return withFleetHeld(sound, repo, `main goes on being applied as it was at ${sound.commit.slice(0, 7)}`);
    }
    const [first] = refused;
    const read = await reader.read(head, repo);
    const desired: DesiredState =
      first === undefined
        ? read
        : { ...read, complete: { allowed: false, reason: `${first.path} was not read: ${first.reason}` } };
    if (repo.fleet !== null) sound = desired;
    else if (keepsSound) return withFleetHeld(desired, repo, 'nothing is applied');
    return desired;
  };

  return {
    async read() {
      const head = await source.head();
      if (head !== null && head !== readAt) {
        known = await readCommit(head);
        readAt = head;
      }
      if (known !== null && refutations !== undefined) known = refutations.without(known);
      return known;
    },
  };
}

/** The fleet's unit says what is wrong with claworc.yaml, and what comes of it. */
function withFleetHeld(desired: DesiredState, broken: Repo, meanwhile: string): DesiredState {
  const unit = desiredUnit(broken, FLEET_UNIT);
  const why = unit.state === 'held' ? unit.reason : 'claworc.yaml is missing';
  const reason = `${why}; until that is put right, ${meanwhile}`;
  return { ...desired, units: new Map(desired.units).set(FLEET_UNIT, { unit: FLEET_UNIT, state: 'held', reason }) };
}
