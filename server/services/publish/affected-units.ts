import { FLEET_UNIT, placeOf, unitOfPath } from '../../../constructs/repo/paths.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';
import { inSlices } from '../../lib/slices.ts';

/** Whom changed paths concern. */
export interface AffectedUnits {
  /** Units whose own record, tombstone or keys changed. */
  readonly inputs: ReadonlySet<string>;
  /** Units whose dist/ changed. */
  readonly dist: ReadonlySet<string>;
  /** Whether claworc.yaml or a global key changed: every instance may render differently. */
  readonly wholeFleet: boolean;
  /** All of them together; every record's unit where the whole fleet is concerned. */
  readonly all: ReadonlySet<string>;
}

/** Lets other work in between: a push may change files of thousands of bots. */
export async function affectedUnits(repo: Repo, paths: Iterable<string>): Promise<AffectedUnits> {
  const inputs = new Set<string>();
  const dist = new Set<string>();
  for await (const path of inSlices(paths)) {
    const unit = unitOfPath(path);
    if (unit !== null) (placeOf(path).kind === 'manifest' ? dist : inputs).add(unit);
  }
  const wholeFleet = inputs.has(FLEET_UNIT);
  const all = new Set([...inputs, ...dist, ...(wholeFleet ? repo.records.keys() : [])]);
  return { inputs, dist, wholeFleet, all };
}
