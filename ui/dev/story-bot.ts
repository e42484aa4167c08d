import type { Instance } from '../../server/http/schemas/instance.ts';
import type { Change, Manifests, Overview } from '../../server/http/schemas/answers.ts';
import { ago, commit, DAY } from './story.ts';

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
    live_revision: instance.live_revision,
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
          ? [
              {
                field: 'spec.template.spec.containers[moltbot].image',
                main: image,
                live: image.replace('.2', '.3'),
                managers: ['kubectl-edit'],
                changed_at: null,
              },
            ]
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
    applied_as: commit(id),
    healthy_at: ago(age - 30_000),
    result: 'healthy',
    result_at: ago(age - 30_000),
    action: 'configure',
    proposal: null,
    signature: null,
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
    applied_as: null,
    healthy_at: null,
    result: null,
    result_at: null,
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
      applied_as: null,
      healthy_at: null,
      result: null,
      result_at: null,
      detail: 'refused by quota',
    }),
    one('11c8e40', `Create ${instance.display_name}`, 'ops-desk', 64 * DAY, { healthy_at: ago(64 * DAY) }),
  ];
}

export function overviewOf(instance: Instance): Overview {
  const rules = {
    creating: 'Creating means: the pod is on its way and not ready yet, and nothing is wrong so far.',
    running: 'Running means: the pod is ready and the Chrome screen answers.',
    stopped: 'Stopped means: no pod of it runs; the data is kept.',
    error: 'Error means: something is wrong that may not mend itself, or was a moment ago.',
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
    status_repair: instance.status === 'error' ? 'log' : 'none',
    status_command: null,
    conditions: [],
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
    fights: [],
    warnings: [],
  };
}
