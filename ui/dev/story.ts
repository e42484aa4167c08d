import type { Instance } from '../../server/http/schemas/instance.ts';
import type { Settings } from '../../server/http/schemas/settings.ts';
import type { Activity, Change, FleetState, Manifests, Overview } from '../../server/http/schemas/views.ts';

/** The fleet of the design, for working on pages without a server: every state that a page has to be able to show. */
const DAY = 24 * 3_600_000;
const now = Date.now();
const ago = (ms: number): string => new Date(now - ms).toISOString();
const commit = (short: string): string => short.padEnd(40, '0');

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
    sync: 'applied',
    sync_reason: '',
    image: 'registry.example.internal/optimalux/moltbot:2026.11.2',
    vnc_exposure: 'proxy',
    inherited: ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit', 'image', 'vnc_exposure'],
    ...odd,
  };
});

export const fleet: FleetState = {
  namespace: 'claworc',
  head: commit('8c41f0e'),
  applied: 22,
  total: 24,
  drafts: 1,
  cluster: { state: 'connected', context: 'office', server: 'https://10.0.0.4:16443', detail: '', last_seen: ago(0) },
  git: { state: 'ok', detail: '' },
  problems: [],
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

const deployment = (name: string, image: string, memory: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: claworc
  labels:
    app: ${name}
    managed-by: claworc
spec:
  replicas: 1
  strategy:
    type: Recreate
  template:
    metadata:
      annotations:
        claworc.dev/config-digest: b3c9f0417bd2a1e0
    spec:
      containers:
        - name: moltbot
          image: ${image}
          resources:
            limits:
              cpu: "2"
              memory: ${memory}
            requests:
              cpu: 500m
              memory: 1Gi
`;

export function manifestsOf(instance: Instance): Manifests {
  const { name, image, memory_limit: memory } = instance;
  const main = deployment(name, image, memory);
  const isDrifted = instance.sync === 'drifted';
  const live = isDrifted ? deployment(name, image.replace('.2', '.3'), memory) : main;
  const others = ['clawdbot', 'homebrew', 'clawd', 'chrome'].map(
    (volume) => ['PersistentVolumeClaim', `${name}-${volume}`, 'bound, 5 GiB'] as const,
  );
  const plain = [
    ['Service', `${name}-vnc`, '2 ports'] as const,
    ['ConfigMap', `${name}-config`, ''] as const,
    ...others,
    ['NetworkPolicy', name, ''] as const,
  ];
  return {
    revision: instance.revision,
    observed_at: ago(1_000),
    objects: [
      {
        kind: 'Deployment',
        name,
        file: `dist/${name}/deployment.yaml`,
        main,
        draft: instance.sync === 'draft' ? deployment(name, image, '6Gi') : null,
        live,
        diff: isDrifted
          ? [{ field: 'spec.template.spec.containers[moltbot].image', main: image, live: image.replace('.2', '.3') }]
          : [],
        state: isDrifted ? 'differs' : 'in_sync',
        health:
          instance.status === 'running'
            ? '1 of 1 ready'
            : instance.status === 'stopped'
              ? 'zero replicas'
              : '0 of 1 ready',
      },
      ...plain.map(([kind, objectName, health]) => {
        const text = `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${objectName}\n  namespace: claworc\n`;
        return {
          kind,
          name: objectName,
          file: `dist/${name}/${kind.toLowerCase()}.yaml`,
          main: text,
          draft: null,
          live: text,
          diff: [],
          state: 'in_sync' as const,
          health,
        };
      }),
    ],
  };
}

const patch = `@@ -30,9 +30,9 @@
           resources:
             limits:
               cpu: "2"
-              memory: 4Gi
+              memory: 6Gi
             requests:
               cpu: 500m
`;

export function historyOf(instance: Instance): Change[] {
  const name = instance.name;
  const one = (id: string, message: string, author: string, age: number, odd: Partial<Change> = {}): Change => ({
    id,
    commit: commit(id),
    message,
    author,
    at: ago(age),
    state: 'applied',
    published_at: ago(age - 1_000),
    applied_at: ago(age - 12_000),
    healthy_at: null,
    detail: '',
    files: [
      { path: `instances/${name}.yaml`, patch: patch.replace('@@ -30,9 +30,9 @@', '@@ -8,7 +8,7 @@') },
      { path: `dist/${name}/deployment.yaml`, patch },
    ],
    ...odd,
  });
  const draft = one('draft-1', 'Raise memory limit to 6Gi', 'you', 90_000, {
    commit: null,
    state: 'draft',
    published_at: null,
    applied_at: null,
    detail: 'git has not answered, try 3',
  });
  return [
    ...(instance.sync === 'draft' ? [draft] : []),
    one('8c41f0e', 'Raise memory limit to 6Gi, set model fallback', 'ops-desk', 40_000, {
      healthy_at: instance.status === 'running' ? ago(1_000) : null,
    }),
    one('5d20a9b', 'Global OpenAI key replaced', 'ops-desk', DAY, { healthy_at: ago(DAY) }),
    one('41e7c02', 'Fleet image 2026.11.2', 'platform-ci', 9 * DAY, { healthy_at: ago(9 * DAY) }),
    one('7be4410', 'Memory limit 32Gi', 'ops-desk', 22 * DAY, {
      state: 'failed',
      applied_at: null,
      detail: 'refused by quota',
    }),
    one('11c8e40', `Create ${instance.display_name}`, 'ops-desk', 64 * DAY, { healthy_at: ago(64 * DAY) }),
  ];
}

export function overviewOf(instance: Instance): Overview {
  const rules = {
    creating: 'Creating means: the pod is on its way and not ready yet, and nothing is wrong so far.',
    running: 'Running means: the pod is ready and the Chrome screen answers.',
    stopped: 'Stopped means: zero replicas, as the record says; the data is kept.',
    error: 'Error means: the pod cannot become ready without a change by a person.',
  };
  return {
    latest_change: historyOf(instance)[0] ?? null,
    keys: [
      { name: 'ANTHROPIC_API_KEY', scope: instance.has_anthropic_override ? 'own' : 'global', hint: '****9fQa' },
      { name: 'OPENAI_API_KEY', scope: 'global', hint: '****x2Lm' },
    ],
    status_rule: rules[instance.status],
    status_seen:
      instance.status === 'running' ? '1 of 1 pod ready, 4 volumes attached' : '0 of 1 pod ready, 4 volumes attached',
    status_next:
      instance.status === 'creating'
        ? 'Ready in about 30 s. Nothing to do.'
        : instance.status === 'error'
          ? 'Put the missing file back through the terminal, or edit the config.'
          : '',
    status_since: ago(38_000),
    events: [
      {
        at: ago(6_000),
        title: 'Pod is starting',
        detail: 'Containers created, waiting for the Chrome screen',
        tone: 'wait',
      },
      { at: ago(12_000), title: 'Old pod stopped', detail: 'Left in 1.7 s', tone: 'ok' },
      { at: ago(18_000), title: 'Applied 8c41f0e', detail: '2 objects configured, 6 unchanged', tone: 'ok' },
      {
        at: ago(40_000),
        title: 'Published by ops-desk',
        detail: 'Raise memory limit to 6Gi, set model fallback',
        tone: '',
      },
    ],
    warnings: [],
  };
}

export const activity: Activity = [
  {
    id: '8c41f0e',
    at: ago(40_000),
    actor: 'ops-desk',
    message: 'Change Support DE: memory limit 6Gi, model fallback',
    instances: ['bot-support-de'],
    commit: commit('8c41f0e'),
    state: 'applied',
    detail: 'starting',
  },
  {
    id: '31b7e5c',
    at: ago(60_000),
    actor: 'ops-desk',
    message: 'Create Travel desk',
    instances: ['bot-travel-desk'],
    commit: commit('31b7e5c'),
    state: 'published',
    detail: '2 of 4 volumes',
  },
  {
    id: '77ad0c3',
    at: ago(2_700_000),
    actor: 'claworc',
    message: 'Recruiting screen: apply refused, memory quota of the namespace exceeded by 2 GiB',
    instances: ['bot-recruiting-screen'],
    commit: commit('77ad0c3'),
    state: 'failed',
    detail: '4 tries',
  },
  {
    id: '5d20a9b',
    at: ago(DAY),
    actor: 'ops-desk',
    message: 'Replace the global OpenAI key',
    instances: [],
    commit: commit('5d20a9b'),
    state: 'applied',
    detail: '21 of 21',
  },
  {
    id: 'a83e2d9',
    at: ago(DAY + 7_000_000),
    actor: 'ops-desk',
    message: 'Delete Trade fair helper, keep its data',
    instances: [],
    commit: commit('a83e2d9'),
    state: 'applied',
    detail: '',
  },
];
