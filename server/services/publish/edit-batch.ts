import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { CommitRequest } from '../../git/fast-import.ts';
import { troubleOf } from '../../git/remote/errors.ts';
import { formatMessage } from '../../git/message.ts';
import type { Snapshot, Snapshots } from '../../git/read/snapshots.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { Reader } from '../../store/connection.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import { firstPendingEdit } from '../../store/outbox.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import { whyNotDirect } from '../proposals/main-takes.ts';
import { commitOfEdit } from './commit-of-edit.ts';
import { prepareEdit } from './prepare-edit.ts';
import type { Ahead, Race } from './race.ts';

/** Edits that are not tried in this turn, and units whose edits are not. */
export interface PassedOver {
  readonly edits: readonly string[];
  readonly units: readonly string[];
}

/** Whether an edit can be put on main before what others did is imported: one of the whole fleet can't. */
export function canOvertake(edit: EditRow): boolean {
  return edit.changes.every((change) => unitOf(change) !== FLEET_UNIT);
}

/**
 * Pending edits from `first` on, in their order and at most `most` of them, as commits one after the other that get to
 * main together or not at all. Undefined where `first` can't be judged before main is imported: others changed its bots
 * too, or it would not end as published. `onTake` is told of each edit before it is prepared.
 */
export async function prepareBatch(
  deps: {
    readonly reader: Reader;
    readonly snapshots: Pick<Snapshots, 'derive'>;
    readonly renderings: Renderings;
    readonly onTake: (editId: string) => void;
  },
  { main, touched }: Ahead,
  first: EditRow,
  passedOver: PassedOver,
  most: number,
): Promise<CommitRequest | undefined> {
  const { reader, snapshots, renderings, onTake } = deps;
  const handEdited = new Set(listUnrendered(reader, 'hand').map(({ unit }) => unit));
  const requests: Omit<CommitRequest, 'parent'>[] = [];
  const taken: string[] = [];
  let snapshot: Snapshot = main;
  for (let edit: EditRow | undefined = first; edit !== undefined && taken.length < most;) {
    if (!canOvertake(edit) || edit.changes.some((change) => touched.has(unitOf(change)))) break;
    if (whyNotDirect(snapshot.repo.fleet, edit.changes) !== undefined) break;
    onTake(edit.id);
    const prepared = await prepareEdit(snapshots, snapshot, edit, handEdited, renderings);
    if (prepared.state !== 'ready') break;
    const { message, ...request } = commitOfEdit(edit, prepared.changes, handEdited);
    requests.push({ ...request, message: formatMessage(message.subject, message.body ?? [], message.trailers) });
    snapshot = prepared.result;
    taken.push(edit.id);
    edit = firstPendingEdit(reader, [...passedOver.edits, ...taken], passedOver.units);
  }
  const last = requests.at(-1);
  return last && { ...last, parent: main.commit, before: requests.slice(0, -1) };
}

/** Edits of one push where others write as well. */
const MOST_AT_ONCE = 20;

/** Puts an edit, and what else waits, on main before all that others put there is imported; or gives up. */
export async function overtakeWith(
  race: Pick<Race, 'run'>,
  deps: Omit<Parameters<typeof prepareBatch>[0], 'onTake'> & { readonly inFlight: Set<string> },
  {
    edit,
    imported,
    passedOver,
  }: { readonly edit: EditRow; readonly imported: Snapshot; readonly passedOver: PassedOver },
  signal: AbortSignal,
): Promise<void> {
  const { inFlight } = deps;
  const batching = { ...deps, onTake: (id: string) => void inFlight.add(id) };
  let most = MOST_AT_ONCE;
  const make = (ahead: Ahead) => prepareBatch(batching, ahead, edit, passedOver, most);
  try {
    await race.run(imported, make, signal);
  } catch (error) {
    if (troubleOf(error) !== 'hook' || inFlight.size === 1) throw error;
    // Which of them it dislikes is found by trying them one at a time.
    most = 1;
    await race.run(imported, make, signal);
  }
}
