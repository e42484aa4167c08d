import { errorsOnly } from '../../../constructs/repo/repo.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { Sync } from '../../http/schemas/common.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import type { ObservedConnection, ObservedUnit } from '../../reconcile/status/observed.ts';
import type { StoredProblem } from '../../store/problems.ts';
import type { EditedInstance } from './edited.ts';
import { apiFieldOf, inheritedFields } from './fields.ts';
import { liveRevisionOf } from './live-revision.ts';
import { statusOf } from './status-of.ts';

/** Everything that one row of the fleet is made of. */
export interface InstanceFacts {
  readonly desired: EditedInstance;
  readonly fleet: Fleet;
  /** Names of the keys that the bot overrides. */
  readonly overrides: ReadonlySet<string>;
  /** What is wrong with its files on main. */
  readonly problems: readonly StoredProblem[];
  /** True when its dist/ on main was edited by hand. */
  readonly isEditedByHand: boolean;
  readonly live: ObservedUnit | undefined;
  /** Whether `live` is about the newest commit of the bot. */
  readonly isCurrent: boolean;
  readonly connection: ObservedConnection;
  /** What stands before the paths of this server, or empty. */
  readonly basePath: string;
}

/** The bot as the API shows it. Pure; quantities as they were typed. */
export function pageOf(facts: InstanceFacts): Instance {
  const { desired, fleet, overrides, basePath } = facts;
  const { row, record } = desired;
  const { spec } = record;
  const exposure = spec.exposure ?? fleet.spec.exposure;
  const ports = exposure === 'nodePort' ? spec.nodePorts : undefined;
  const base = fleet.spec.resources;
  const sync = syncOf(facts);
  return {
    id: row.id,
    name: row.name,
    display_name: spec.displayName,
    ...statusOf(desired, facts.live, facts.connection, sync.sync_reason),
    nodeport_chrome: ports?.chrome ?? null,
    nodeport_terminal: ports?.terminal ?? null,
    cpu_request: spec.resources?.requests?.cpu ?? base.requests.cpu,
    cpu_limit: spec.resources?.limits?.cpu ?? base.limits.cpu,
    memory_request: spec.resources?.requests?.memory ?? base.requests.memory,
    memory_limit: spec.resources?.limits?.memory ?? base.limits.memory,
    storage_clawdbot: spec.storage.clawdbot,
    storage_homebrew: spec.storage.homebrew,
    storage_clawd: spec.storage.clawd,
    storage_chrome: spec.storage.chrome,
    has_anthropic_override: overrides.has('ANTHROPIC_API_KEY'),
    has_openai_override: overrides.has('OPENAI_API_KEY'),
    has_brave_override: overrides.has('BRAVE_API_KEY'),
    vnc_chrome_url: `${basePath}/instances/${row.name}/screens/chrome`,
    vnc_terminal_url: `${basePath}/instances/${row.name}/screens/terminal`,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    revision: row.renderedCommit,
    live_revision: liveRevisionOf(row.renderedCommit, facts.live, facts.isCurrent, facts.connection),
    ...sync,
    image: spec.image ?? fleet.spec.image,
    vnc_exposure: exposure,
    inherited: inheritedFields(spec),
    leaving: leavingOf(facts),
  };
}

function leavingOf({ desired, live }: InstanceFacts): Instance['leaving'] {
  if (!isGone(desired)) return null;
  const { data = null, waitsFor = 'the cluster is being told' } = live?.leaving ?? {};
  return { data, waits_for: waitsFor };
}

/** Main has a tombstone of it already; what is left lives in the cluster alone. */
const isGone = ({ isLeaving, drafts, row }: EditedInstance): boolean =>
  isLeaving && drafts.length === 0 && row.record === null;

/** Worst first (a warning is neither said nor a failure): what needs a person, then what differs, then what is on its way. */
function syncOf(facts: InstanceFacts): { sync: Sync; sync_reason: string } {
  const { desired, live, connection, problems } = facts;
  const leaving = leavingOf(facts);
  if (leaving !== null) {
    const needsPerson =
      live?.isWithheld === true || (live?.lostMarks.length ?? 0) > 0 || live?.leaving?.isStuck === true;
    return { sync: needsPerson ? 'failed' : 'published', sync_reason: `Leaving: ${leaving.waits_for}` };
  }
  const stuck = desired.drafts.find(({ state }) => state !== 'pending' && state !== 'proposed');
  if (stuck?.state === 'conflict') {
    const fields = stuck.conflicts.map(({ field }) => apiFieldOf(field)).join(', ');
    return { sync: 'failed', sync_reason: `Conflict with main: ${fields || 'removed meanwhile'}` };
  }
  if (stuck !== undefined) return { sync: 'failed', sync_reason: stuck.detail };
  const [problem] = errorsOnly(problems);
  if (problem !== undefined) {
    const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
    return { sync: 'failed', sync_reason: `${place}: ${problem.message}` };
  }
  if (facts.isEditedByHand) {
    return { sync: 'failed', sync_reason: `Held: dist/${desired.row.name} on main is not what its record renders to` };
  }
  const word = facts.isCurrent ? live : undefined;
  if (word?.sync === 'failed' || word?.sync === 'drifted') return { sync: word.sync, sync_reason: word.reason };
  const isDraft = desired.drafts.some(({ state, proposal }) => state !== 'proposed' || proposal === undefined);
  const [proposed] = desired.drafts;
  if (proposed !== undefined && !isDraft) {
    return { sync: 'proposed', sync_reason: `Waits in proposal ${proposed.proposal}: ${proposed.message}` };
  }
  if (desired.drafts.length > 0) {
    return { sync: 'draft', sync_reason: desired.isLeaving ? 'Removal waits for its commit' : 'Waits for its commit' };
  }
  if (word?.sync === 'applied') return { sync: 'applied', sync_reason: word.reason };
  return { sync: 'published', sync_reason: [word?.reason, connection.detail].find(Boolean) ?? 'Not applied yet' };
}
