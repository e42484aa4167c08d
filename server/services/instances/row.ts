import { suspensionOf } from '../../../constructs/schema/index.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import type { EditedInstance } from './edited.ts';
import { inheritedFields } from './fields.ts';
import type { InstanceFacts } from './instance-facts.ts';
import { waitOf } from './leaving.ts';
import { liveRevisionOf } from './live-revision.ts';
import { statusOf } from './status-of.ts';
import { syncOf, type Synced } from './sync-of.ts';

/** The bot as the API shows it. Pure; quantities as they were typed. */
export function pageOf(facts: InstanceFacts): Instance {
  const { desired, fleet, overrides, basePath } = facts;
  const { row, record } = desired;
  const { spec } = record;
  const exposure = spec.exposure ?? fleet.spec.exposure;
  const ports = exposure === 'nodePort' ? spec.nodePorts : undefined;
  const base = fleet.spec.resources;
  const { sync, reason } = syncedOf(facts);
  return {
    id: row.id,
    name: row.name,
    display_name: spec.displayName,
    ...statusOf(desired, facts.live, facts.connection, reason),
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
    sync,
    sync_reason: reason,
    reconcile: suspensionOf(record, fleet) ?? {
      mode: 'apply',
      reason: null,
      from: spec.reconcile === undefined ? 'fleet' : 'record',
    },
    image: spec.image ?? fleet.spec.image,
    vnc_exposure: exposure,
    inherited: inheritedFields(spec),
    leaving: leavingOf(facts),
  };
}

export const syncedOf = (facts: InstanceFacts): Synced => syncOf(facts, leavingOf(facts));

function leavingOf({ desired, live }: InstanceFacts): Instance['leaving'] {
  if (!isGone(desired)) return null;
  return { data: live?.leaving?.data ?? null, waits_for: waitOf(live) };
}

/** Main has a tombstone of it already; what is left lives in the cluster alone. */
const isGone = ({ isLeaving, drafts, row }: EditedInstance): boolean =>
  isLeaving && drafts.length === 0 && row.record === null;
