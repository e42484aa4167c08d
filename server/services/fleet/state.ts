import {
  FLEET_PATH,
  FLEET_UNIT,
  GLOBAL_SCOPE,
  keyFolder,
  manifestFolder,
  tombstonePath,
} from '../../../constructs/repo/paths.ts';
import { applierOf } from '../../../constructs/schema/index.ts';
import type { FleetState } from '../../http/schemas/answers.ts';
import type { HeldUnit, Observed } from '../../reconcile/status/observed.ts';
import type { Rewind } from '../../reconcile/plan/lineage.ts';
import type { PendingRemovals } from '../../reconcile/plan/removals/pending.ts';
import { getFleet } from '../../store/fleet.ts';
import { getInstance } from '../../store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import { countOpenProposals } from '../../store/proposals.ts';
import { listProblems } from '../../store/problems.ts';
import { readGitState } from '../publish/git-state.ts';
import { rolloutStateOf } from './rollout-state.ts';
import { countBots } from './count-bot.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet } from '../instances/edited.ts';
import { describeChange, readRecipients } from '../keys/recipients.ts';
import { listInstances } from '../instances/list.ts';
import { publishModeOf } from '../proposals/main-takes.ts';

/**
 * The state of the whole loop. Bots are counted as they were told last; at the very start, before they were, each is
 * looked at. Throws `git_unreachable` before claworc.yaml was read.
 */
export function fleetStateOf(
  context: AppContext,
  counts = context.tally.read() ?? countBots(listInstances(context)),
): FleetState {
  const read = context.store.reader;
  const { observed } = context.cluster;
  const connection = observed.connection();
  const applier = applierOf(getFleet(read)?.record ?? null);
  const onMain = listProblems(read);
  // What holds a bot on main already is not told again at its dist/.
  const isToldOnMain = (words: string): boolean => onMain.some(({ file, message }) => words === `${file}: ${message}`);
  return {
    namespace: readEditedFleet(read).fleet.spec.namespace,
    applier,
    head: getMeta(read, IMPORTED_COMMIT) ?? null,
    ...counts,
    drafts: listOpenEdits(read).filter(({ state }) => state !== 'proposed').length,
    proposals: countOpenProposals(read),
    publish: publishModeOf(getFleet(read)?.record),
    cluster: {
      state: connection.state,
      context: connection.context,
      server: connection.server,
      detail: connection.detail,
      last_seen: connection.lastSeen,
    },
    git: readGitState(context),
    problems: [
      // Whoever else applies opens the keys.
      ...(applier === 'external' ? [] : problemOfIdentity(context)),
      ...problemOfRecipients(context),
      ...onMain.map(({ file, line, message }) => ({ file, line: line ?? null, message })),
      ...problemsOfHeld(context).filter(({ message }) => !isToldOnMain(message)),
      ...problemOfFleetUnit(context),
      ...liveProblems(context),
    ],
    standing: [...observed.standing()],
    removals: removalsOf(observed.removals()),
    rollout: rolloutStateOf(observed.rollout()),
    rewind: rewindOf(observed.rewind()),
    leaving: observed
      .notable()
      .flatMap(({ unit, leaving }) =>
        leaving === null ? [] : [{ name: unit, waits_for: leaving.waitsFor, objects: [...leaving.objects] }],
      ),
    retained: observed.retained().map(({ instance, volumes }) => ({ instance, volumes: [...volumes] })),
    started_at: context.startedAt,
    version: context.version,
  };
}

function removalsOf(pending: PendingRemovals | null): FleetState['removals'] {
  if (pending === null) return null;
  const { commit, hash, count, limit, removals } = pending;
  const bots = removals.map(({ unit, kind, data, wait, until }) => ({
    name: unit,
    kind,
    data,
    waits_for: wait,
    until,
  }));
  return { commit, hash, count, limit, bots };
}

function rewindOf(rewind: Rewind | null): FleetState['rewind'] {
  return rewind && { ...rewind, last: rewind.last === '' ? null : rewind.last };
}

interface HeldSeen {
  readonly cluster: { readonly observed: Pick<Observed, 'held' | 'standing'> };
}

const RECORDS = 'instances/';

/** Units that are held, but for what stands for the whole fleet already. */
function heldElsewhere({ cluster: { observed } }: HeldSeen): readonly HeldUnit[] {
  const standing = new Set(observed.standing());
  return observed.held().filter(({ reason }) => !standing.has(reason));
}

/** Held units that are named one by one: after a push of thousands of records each is held until it is rendered. */
const MOST_HELD = 50;

/** At the bot's folder below dist/; what only a file of another name stands for has none there, nor anywhere. */
export function problemsOfHeld({ cluster, store }: Pick<AppContext, 'store'> & HeldSeen): FleetState['problems'] {
  const held = heldElsewhere({ cluster });
  const named = held.slice(0, MOST_HELD).map(({ unit, reason }) => ({
    file: unit === FLEET_UNIT || getInstance(store.reader, unit) !== undefined ? manifestFolder(unit) : RECORDS,
    line: null,
    message: reason,
  }));
  const rest = held.length - named.length;
  return rest === 0 ? named : [...named, { file: RECORDS, line: null, message: `and ${rest} more bots are held` }];
}

/** What the fleet shares is no bot and has no row: what is wrong with it stands among the problems. */
export function problemOfFleetUnit({
  cluster: { observed },
}: {
  readonly cluster: { readonly observed: Pick<Observed, 'held' | 'unit'> };
}): FleetState['problems'] {
  const unit = observed.unit(FLEET_UNIT);
  const isHeld = observed.held().some((held) => held.unit === FLEET_UNIT);
  if (unit?.sync !== 'failed' || isHeld) return [];
  return [
    { file: keyFolder(GLOBAL_SCOPE), line: null, message: `The keys of the fleet are not applied: ${unit.reason}` },
  ];
}

/** What this server seals it may not be able to open: for want of its identity, or since main names others alone. */
function problemOfIdentity({ identityTrouble }: Pick<AppContext, 'identityTrouble'>): FleetState['problems'] {
  const message = identityTrouble();
  return message === null ? [] : [{ file: FLEET_PATH, line: null, message }];
}

/** A commit that changed the recipients waits for a person. */
function problemOfRecipients({ store }: Pick<AppContext, 'store'>): FleetState['problems'] {
  const message = describeChange(readRecipients(store.reader));
  return message === null ? [] : [{ file: FLEET_PATH, line: null, message: `${message}.` }];
}

/** What is wrong in the cluster rather than on main: removals that don't get on, and objects that lost their marks. */
export function liveProblems({ cluster: { observed } }: Pick<AppContext, 'cluster'>): FleetState['problems'] {
  const at = (file: string, message: string): FleetState['problems'][number] => ({ file, line: null, message });
  return [
    ...observed.standing().map((message) => at(FLEET_PATH, message)),
    ...observed
      .notable()
      .flatMap(({ unit, leaving, lostMarks, isWithheld }) => [
        ...lostMarks.map((message) => at(manifestFolder(unit), message)),
        ...(leaving?.isStuck !== true || isWithheld || lostMarks.length > 0
          ? []
          : [at(tombstonePath(unit), `${unit} is leaving: ${leaving.waitsFor}`)]),
      ]),
  ];
}
