import type { Instance } from '../../server/http/schemas/instance.ts';
import type { Settings } from '../../server/http/schemas/settings.ts';
import type { Activity, FleetState } from '../../server/http/schemas/answers.ts';

/** The fleet of the design, for working on pages without a server: every state that a page has to be able to show. */
export const DAY = 24 * 3_600_000;
const now = Date.now();
export const ago = (ms: number): string => new Date(now - ms).toISOString();
export const commit = (short: string): string => short.padEnd(40, '0');

type Odd = Partial<Instance>;

const BOTS: readonly (readonly [title: string, days: number, odd: Odd])[] = [
  [
    'Production WhatsApp',
    212,
    {
      status: 'error',
      status_reason: 'Crash loop, 6 restarts',
      revision: commit('d4f09b1'),
      cpu_request: '1',
      cpu_limit: '4',
      memory_request: '2Gi',
      memory_limit: '8Gi',
    },
  ],
  ['Support FR', 97, { status: 'error', status_reason: 'Image tag not found', revision: commit('b7e02d4') }],
  ['Warehouse Rotterdam', 64, { sync: 'drifted', sync_reason: '2 fields' }],
  ['Recruiting screen', 12, { sync: 'failed', sync_reason: 'over quota' }],
  [
    'Travel desk',
    0,
    { status: 'creating', status_reason: '2 of 4 volumes bound', sync: 'published', revision: commit('31b7e5c') },
  ],
  [
    'Support DE',
    140,
    {
      status: 'creating',
      status_reason: 'Restarting, new config',
      memory_limit: '6Gi',
      inherited: ['cpu_request', 'cpu_limit', 'image', 'vnc_exposure'],
      has_anthropic_override: true,
    },
  ],
  ['Invoice intake', 88, { sync: 'draft', sync_reason: 'memory limit' }],
  ['Price watch', 51, { sync: 'proposed', sync_reason: '#41' }],
  ['Bot Alpha', 301, { revision: commit('5d20a9b') }],
  [
    'Customer success – enterprise accounts EMEA',
    19,
    { cpu_request: '1', cpu_limit: '4', memory_request: '2Gi', memory_limit: '8Gi', revision: commit('f13c7aa') },
  ],
  ['Facilities', 33, {}],
  ['Field service north', 76, {}],
  ['Field service south', 76, {}],
  ['Legal research', 120, { memory_request: '2Gi', memory_limit: '6Gi', revision: commit('90be412') }],
  ['Night desk', 58, {}],
  ['Onboarding buddy', 44, {}],
  ['Press monitor', 70, {}],
  ['QA playground', 9, {}],
  ['Returns EU', 130, {}],
  ['Supplier chat', 81, {}],
  ['Training room', 22, {}],
  ['Finance month end', 160, { status: 'stopped', status_reason: 'since 2 Nov' }],
  ['Sales outreach APAC', 40, { status: 'stopped' }],
  ['Trade fair', 200, { status: 'stopped' }],
];

export const instances: Instance[] = BOTS.map(([title, days, odd], index) => {
  const name = `bot-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 50);
  return {
    id: index + 1,
    name,
    display_name: title,
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
    vnc_chrome_url: `/instances/${name}/screens/chrome`,
    vnc_terminal_url: `/instances/${name}/screens/terminal`,
    created_at: ago(days * DAY + 38_000),
    updated_at: ago(40_000),
    revision: commit('8c41f0e'),
    live_revision: odd.sync === undefined ? (odd.revision ?? commit('8c41f0e')) : null,
    sync: 'applied',
    sync_reason: '',
    image: 'registry.example.internal/optimalux/moltbot:2026.11.2',
    vnc_exposure: 'proxy',
    reconcile: { mode: 'apply', reason: null, from: 'fleet' },
    publish: 'direct',
    leaving: null,
    inherited: ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit', 'image', 'vnc_exposure'],
    ...odd,
  };
});

export const fleet: FleetState = {
  applier: 'claworc',
  namespace: 'claworc',
  head: commit('8c41f0e'),
  applied: 22,
  total: 24,
  drafts: 1,
  proposals: 0,
  publish: 'direct',
  cluster: { state: 'connected', context: 'office', server: 'https://10.0.0.4:16443', detail: '', last_seen: ago(0) },
  git: { state: 'following', detail: '', waits_for: null, trouble: null, heads: null, remote: null },
  problems: [],
  standing: [],
  removals: null,
  rollout: null,
  rewind: null,
  leaving: [],
  retained: [{ instance: 'bot-trade-fair-helper', volumes: ['clawdbot', 'homebrew', 'clawd', 'chrome'] }],
  started_at: ago(DAY),
  version: '0.1.0',
};

export const settings: Settings = {
  anthropic_api_key: '****h7Kd',
  openai_api_key: '****x2Lm',
  brave_api_key: '****41tz',
  api_keys: {},
  default_cpu_request: '500m',
  default_cpu_limit: '2000m',
  default_memory_request: '1Gi',
  default_memory_limit: '4Gi',
  default_storage_clawdbot: '5Gi',
  default_storage_homebrew: '10Gi',
  default_storage_clawd: '5Gi',
  default_storage_chrome: '5Gi',
  image: 'registry.example.internal/optimalux/moltbot:2026.11.2',
  namespace: 'claworc',
  vnc_exposure: 'proxy',
  publish: 'direct',
  applier: 'claworc',
  reconcile: { mode: 'apply' },
  open_namespaces: null,
  leave_to_cluster: [],
  signing: { required: false, signers: [], gpg_keys: 0, own_key: null },
  rendering: 1,
  rendering_newest: 2,
  recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  recipients_accepted: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  revision: commit('8c41f0e'),
  sync: 'applied',
};

export const config = `{
  "gateway": {
    "port": 18789,
    "reload": "hybrid"
  },
  "agents": {
    "defaults": {
      "workspace": "~/clawd",
      "model": {
        "primary": "anthropic/claude-sonnet",
        "fallbacks": ["openai/gpt"]
      },
      "heartbeat": { "every": "30m" },
      "timeoutSeconds": 600
    }
  },
  "env": {
    "ANTHROPIC_API_KEY": "\${ANTHROPIC_API_KEY}"
  },
  "channels": {
    "whatsapp": {
      "dmPolicy": "allowlist",
      "groups": { "*": { "requireMention": true } }
    }
  }
}
`;

export const activity: Activity = [
  {
    id: '8c41f0e',
    at: ago(40_000),
    actor: 'ops-desk',
    signature: null,
    message: 'Change Support DE: memory limit 6Gi, model fallback',
    instances: ['bot-support-de'],
    applied: 0,
    commit: commit('8c41f0e'),
    state: 'applied',
    detail: 'starting',
  },
  {
    id: '31b7e5c',
    at: ago(60_000),
    actor: 'ops-desk',
    signature: null,
    message: 'Create Travel desk',
    instances: ['bot-travel-desk'],
    applied: 0,
    commit: commit('31b7e5c'),
    state: 'published',
    detail: '2 of 4 volumes',
  },
  {
    id: '77ad0c3',
    at: ago(2_700_000),
    actor: 'claworc',
    signature: null,
    message: 'Recruiting screen: apply refused, memory quota of the namespace exceeded by 2 GiB',
    instances: ['bot-recruiting-screen'],
    applied: 0,
    commit: commit('77ad0c3'),
    state: 'failed',
    detail: '4 tries',
  },
  {
    id: '5d20a9b',
    at: ago(DAY),
    actor: 'ops-desk',
    signature: null,
    message: 'Replace the global OpenAI key',
    instances: [],
    applied: 0,
    commit: commit('5d20a9b'),
    state: 'applied',
    detail: '21 of 21',
  },
  {
    id: 'a83e2d9',
    at: ago(DAY + 7_000_000),
    actor: 'ops-desk',
    signature: null,
    message: 'Delete Trade fair helper, keep its data',
    instances: [],
    applied: 0,
    commit: commit('a83e2d9'),
    state: 'applied',
    detail: '',
  },
];
