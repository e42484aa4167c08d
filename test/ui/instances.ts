import type { Instance } from '../../server/http/schemas/instance.ts';
import type { Change, FleetState } from '../../server/http/schemas/answers.ts';

/** A healthy bot, but for what a test says of it. */
export function instance(name: string, odd: Partial<Instance> = {}): Instance {
  return {
    id: 1,
    name,
    display_name: name,
    status: 'running',
    status_reason: '',
    nodeport_chrome: null,
    nodeport_terminal: null,
    cpu_request: '500m',
    cpu_limit: '2000m',
    memory_request: '1Gi',
    memory_limit: '4Gi',
    storage_clawdbot: '5Gi',
    storage_homebrew: '10Gi',
    storage_clawd: '5Gi',
    storage_chrome: '5Gi',
    has_anthropic_override: false,
    has_openai_override: false,
    has_brave_override: false,
    vnc_chrome_url: '',
    vnc_terminal_url: '',
    created_at: '2026-11-01T00:00:00Z',
    updated_at: '2026-11-01T00:00:00Z',
    revision: 'a'.repeat(40),
    live_revision: 'a'.repeat(40),
    sync: 'applied',
    sync_reason: '',
    image: 'moltbot:1',
    vnc_exposure: 'proxy',
    reconcile: { mode: 'apply', reason: null, from: 'fleet' },
    leaving: null,
    inherited: ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit', 'image', 'vnc_exposure'],
    ...odd,
  };
}

export function fleetState(odd: Partial<FleetState> = {}): FleetState {
  return {
    applier: 'claworc',
    namespace: 'claworc',
    head: 'a'.repeat(40),
    applied: 1,
    total: 1,
    drafts: 0,
    proposals: 0,
    publish: 'direct',
    cluster: { state: 'connected', context: null, server: null, detail: '', last_seen: null },
    git: { state: 'following', detail: '', waits_for: null, trouble: null, heads: null, remote: null },
    problems: [],
    standing: [],
    removals: null,
    rollout: null,
    rewind: null,
    leaving: [],
    retained: [],
    started_at: '2026-11-01T00:00:00Z',
    version: '0',
    ...odd,
  };
}

export function change(odd: Partial<Change> = {}): Change {
  return {
    id: 'edit-1',
    commit: null,
    message: 'Stop Bot Alpha',
    author: 'hans',
    at: '2026-11-19T14:31:40Z',
    state: 'draft',
    published_at: null,
    applied_at: null,
    applied_as: null,
    healthy_at: null,
    result: null,
    result_at: null,
    action: 'configure',
    proposal: null,
    signature: null,
    detail: '',
    files: [],
    ...odd,
  };
}
