import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../constructs/kube-object.ts';
import { newFleet, newRecord, type NewRecord } from '../../constructs/new-documents.ts';
import type { Fleet } from '../../constructs/schema/index.ts';
import { synthInstance, type KeyInUse } from '../../constructs/synth.ts';

const fleet = newFleet({ recipients: [] });
const key: KeyInUse = {
  name: 'ANTHROPIC_API_KEY',
  scope: 'global',
  secretName: 'claworc-anthropic-api-key',
  digest: '0123456789abcdef',
};

function render(changes: Partial<NewRecord> = {}, keys: readonly KeyInUse[] = [], base: Fleet = fleet) {
  const record = newRecord({ name: 'bot-alpha', displayName: 'Bot Alpha', ...changes }, base);
  const manifests = synthInstance(record, base, keys);
  return (file: string): KubeObject => {
    const found = manifests.find((manifest) => manifest.file === file);
    if (found === undefined)
      throw new Error(`no ${file} among ${manifests.map((manifest) => manifest.file).join(', ')}`);
    return found.object;
  };
}

interface Pod {
  readonly containers: readonly [Readonly<Record<string, unknown>>];
  readonly volumes: readonly unknown[];
  readonly [field: string]: unknown;
}

function podOf(deployment: KubeObject) {
  const { template } = deployment.spec as {
    template: { metadata: { annotations: Record<string, string> }; spec: Pod };
  };
  return { ...template, container: template.spec.containers[0] };
}

describe('the objects of a bot', () => {
  it('are these, by these names, in the namespace of the fleet, with its labels', () => {
    const manifests = synthInstance(newRecord({ name: 'bot-alpha', displayName: 'Bot Alpha' }, fleet), fleet, []);

    expect(manifests.map(({ file, kind, name }) => [file, kind, name])).toEqual([
      ['configmap-config.yaml', 'ConfigMap', 'bot-alpha-config'],
      ['deployment.yaml', 'Deployment', 'bot-alpha'],
      ['networkpolicy.yaml', 'NetworkPolicy', 'bot-alpha'],
      ['persistentvolumeclaim-chrome.yaml', 'PersistentVolumeClaim', 'bot-alpha-chrome'],
      ['persistentvolumeclaim-clawd.yaml', 'PersistentVolumeClaim', 'bot-alpha-clawd'],
      ['persistentvolumeclaim-clawdbot.yaml', 'PersistentVolumeClaim', 'bot-alpha-clawdbot'],
      ['persistentvolumeclaim-homebrew.yaml', 'PersistentVolumeClaim', 'bot-alpha-homebrew'],
      ['service-vnc.yaml', 'Service', 'bot-alpha-vnc'],
    ]);
    for (const { object } of manifests) {
      expect(object.metadata.namespace).toBe('claworc');
      expect(object.metadata.labels).toMatchObject({
        app: 'bot-alpha',
        'managed-by': 'claworc',
        'app.kubernetes.io/name': 'openclaw',
        'app.kubernetes.io/instance': 'bot-alpha',
        'app.kubernetes.io/managed-by': 'claworc',
        'app.kubernetes.io/part-of': 'claworc',
      });
    }
  });

  it('fit their limits of 63 characters for the longest name', () => {
    const longest = `bot-${'a'.repeat(46)}`;

    const manifests = synthInstance(newRecord({ name: longest, displayName: 'A' }, fleet), fleet, []);

    for (const { name } of manifests) expect(name.length).toBeLessThanOrEqual(63);
  });

  it('never carry a hash, an address or a mark of the library that renders them', () => {
    const texts = synthInstance(newRecord({ name: 'bot-alpha', displayName: 'A' }, fleet), fleet, [key]).map(
      ({ text }) => text,
    );

    expect(texts.join()).not.toMatch(/cdk8s|metadata\.addr|immutable|externalIPs|minReadySeconds|runAsNonRoot/);
  });

  it.each([
    ['clawdbot', '5Gi'],
    ['homebrew', '10Gi'],
    ['clawd', '5Gi'],
    ['chrome', '5Gi'],
  ])('include the claim %s of %s, for one node, of the default class', (volume, storage) => {
    expect(render()(`persistentvolumeclaim-${volume}.yaml`).spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
    });
  });

  it('name the storage class that the record names', () => {
    const claim = render({ storage: { className: 'fast', chrome: '2.5Gi' } })('persistentvolumeclaim-chrome.yaml');

    expect(claim.spec).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '2560Mi' } } });
  });

  it('include the config as it was typed, what sends the journal to the container log, and what services see', () => {
    const config = '{\n  "a":   1 }';

    expect(render({ config })('configmap-config.yaml').data).toEqual({
      'clawdbot.json': config,
      'journald-console.conf': '[Journal]\nForwardToConsole=yes\nTTYPath=/dev/console\n',
      'systemd-environment.conf': '[Service]\nPassEnvironment=VNC_DEPTH\nPassEnvironment=VNC_RESOLUTION\n',
    });
  });
});

describe('the Deployment of a bot', () => {
  it('runs one pod at a time, recreated and never rolled, found by the name of the bot', () => {
    expect(render()('deployment.yaml').spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
      revisionHistoryLimit: 2,
      selector: { matchLabels: { app: 'bot-alpha' } },
      template: { metadata: { labels: { app: 'bot-alpha', 'managed-by': 'claworc' } } },
    });
  });

  it('has no replicas when the bot is stopped', () => {
    expect(render({ state: 'stopped' })('deployment.yaml').spec).toMatchObject({ replicas: 0 });
  });

  it('gives the container what systemd as PID 1 needs', () => {
    const { container } = podOf(render()('deployment.yaml'));

    expect(container).toMatchObject({
      image: 'registry.optimalux.com:32001/optimalux/moltbot:latest',
      imagePullPolicy: 'Always',
      securityContext: { privileged: true },
      tty: true,
      lifecycle: { preStop: { exec: { command: ['/bin/bash', '-c', 'kill -s SIGRTMIN+3 1'] } } },
    });
  });

  it('probes the websockify port of Chrome, and never a VNC port', () => {
    const { container } = podOf(render()('deployment.yaml'));

    expect(container).toMatchObject({
      livenessProbe: { tcpSocket: { port: 6081 }, initialDelaySeconds: 60, periodSeconds: 30 },
      readinessProbe: { httpGet: { path: '/', port: 6081 }, periodSeconds: 10 },
    });
    const probes = [container.livenessProbe, container.readinessProbe, container.startupProbe];
    expect(JSON.stringify(probes)).not.toContain('"port":59');
  });

  it('names its ports and says their protocol', () => {
    expect(podOf(render()('deployment.yaml')).container.ports).toEqual([
      { name: 'novnc-chrome', containerPort: 6081, protocol: 'TCP' },
      { name: 'novnc-term', containerPort: 6082, protocol: 'TCP' },
      { name: 'vnc-chrome', containerPort: 5901, protocol: 'TCP' },
      { name: 'vnc-term', containerPort: 5902, protocol: 'TCP' },
    ]);
  });

  it('mounts every volume where the image expects it', () => {
    const { container, spec } = podOf(render()('deployment.yaml'));

    expect(container.volumeMounts).toEqual([
      { name: 'clawdbot', mountPath: '/root/.clawdbot' },
      { name: 'homebrew', mountPath: '/home/linuxbrew/.linuxbrew' },
      { name: 'clawd', mountPath: '/root/clawd' },
      { name: 'chrome', mountPath: '/root/.config/google-chrome' },
      { name: 'config', mountPath: '/etc/clawdbot/clawdbot.json', subPath: 'clawdbot.json', readOnly: true },
      {
        name: 'config',
        mountPath: '/etc/systemd/journald.conf.d/50-claworc-console.conf',
        subPath: 'journald-console.conf',
        readOnly: true,
      },
      {
        name: 'config',
        mountPath: '/etc/systemd/system/service.d/50-claworc-environment.conf',
        subPath: 'systemd-environment.conf',
        readOnly: true,
      },
      { name: 'cgroup', mountPath: '/sys/fs/cgroup' },
      { name: 'run', mountPath: '/run' },
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'dshm', mountPath: '/dev/shm' },
    ]);
    expect(spec.volumes).toEqual([
      { name: 'clawdbot', persistentVolumeClaim: { claimName: 'bot-alpha-clawdbot' } },
      { name: 'homebrew', persistentVolumeClaim: { claimName: 'bot-alpha-homebrew' } },
      { name: 'clawd', persistentVolumeClaim: { claimName: 'bot-alpha-clawd' } },
      { name: 'chrome', persistentVolumeClaim: { claimName: 'bot-alpha-chrome' } },
      { name: 'config', configMap: { name: 'bot-alpha-config' } },
      { name: 'cgroup', hostPath: { path: '/sys/fs/cgroup' } },
      { name: 'run', emptyDir: { medium: 'Memory' } },
      { name: 'tmp', emptyDir: {} },
      { name: 'dshm', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } },
    ]);
  });

  it('holds no credentials of the cluster, and pulls with the credentials of the fleet', () => {
    const { spec } = podOf(render()('deployment.yaml'));
    const other = podOf(
      render({}, [], { ...fleet, spec: { ...fleet.spec, imagePullSecrets: ['a', 'b'] } })('deployment.yaml'),
    );

    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: [{ name: 'ghcr-secret' }],
    });
    expect(other.spec.imagePullSecrets).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('asks for resources in the form that the API server stores', () => {
    const { container } = podOf(
      render({ resources: { requests: { memory: '1024Mi' }, limits: { cpu: '1500m' } } })('deployment.yaml'),
    );

    expect(container.resources).toEqual({
      requests: { cpu: '500m', memory: '1Gi' },
      limits: { cpu: '1500m', memory: '4Gi' },
    });
  });

  it('takes what the record does not say from the fleet, each value by itself', () => {
    const base: Fleet = {
      ...fleet,
      spec: { ...fleet.spec, image: 'ghcr.io/acme/moltbot:1', env: { TZ: 'UTC', A: 'fleet' } },
    };
    const { container } = podOf(render({ env: { A: 'own', EMPTY: '' } }, [], base)('deployment.yaml'));

    expect(container.image).toBe('ghcr.io/acme/moltbot:1');
    expect(container.env).toEqual([
      { name: 'VNC_DEPTH', value: '24' },
      { name: 'VNC_RESOLUTION', value: '1920x1080' },
      { name: 'container', value: 'docker' },
      { name: 'A', value: 'own' },
      { name: 'EMPTY' },
      { name: 'TZ', value: 'UTC' },
    ]);
  });

  it('refers to the Secret of each key that exists, and to no other', () => {
    const own: KeyInUse = {
      name: 'BRAVE_API_KEY',
      scope: 'bot-alpha',
      secretName: 'bot-alpha-brave-api-key',
      digest: 'ff',
    };

    const env = podOf(render({}, [own, key])('deployment.yaml')).container.env;

    expect(env).toEqual([
      { name: 'VNC_DEPTH', value: '24' },
      { name: 'VNC_RESOLUTION', value: '1920x1080' },
      { name: 'container', value: 'docker' },
      {
        name: 'ANTHROPIC_API_KEY',
        valueFrom: { secretKeyRef: { name: 'claworc-anthropic-api-key', key: 'ANTHROPIC_API_KEY' } },
      },
      { name: 'BRAVE_API_KEY', valueFrom: { secretKeyRef: { name: 'bot-alpha-brave-api-key', key: 'BRAVE_API_KEY' } } },
    ]);
  });
});

describe('the pod template', () => {
  const annotations = (changes: Partial<NewRecord>, keys: readonly KeyInUse[] = [key]) =>
    podOf(render(changes, keys)('deployment.yaml')).metadata.annotations;
  const before = annotations({});

  it('changes with the config', () => {
    expect(annotations({ config: '{"a":1}' })['claworc.dev/config-digest']).not.toBe(
      before['claworc.dev/config-digest'],
    );
  });

  it('changes with a key, and with whose key it is', () => {
    const changed = [
      { ...key, digest: 'x' },
      { ...key, scope: 'bot-alpha', secretName: 'bot-alpha-anthropic-api-key' },
    ];

    for (const other of changed)
      expect(annotations({}, [other])['claworc.dev/keys-digest']).not.toBe(before['claworc.dev/keys-digest']);
    expect(annotations({}, [])['claworc.dev/keys-digest']).toBeUndefined();
  });

  it('changes with a restart', () => {
    expect(annotations({ restartedAt: '2026-11-19T14:31:40Z' } as Partial<NewRecord>)).toMatchObject({
      'claworc.dev/restarted-at': '2026-11-19T14:31:40Z',
    });
    expect(before['claworc.dev/restarted-at']).toBeUndefined();
  });

  it('stays as it is when the bot is stopped, renamed, or given other volumes', () => {
    const template = (changes: Partial<NewRecord>) => JSON.stringify(podOf(render(changes, [key])('deployment.yaml')));

    expect(template({ state: 'stopped', displayName: 'B', storage: { clawd: '50Gi' } })).toBe(template({}));
  });
});

describe('the screens of a bot', () => {
  const exposed = { exposure: 'nodePort', nodePorts: { chrome: 30100, terminal: 30101 } } as const;
  const chrome = { name: 'chrome', port: 6081, protocol: 'TCP', targetPort: 'novnc-chrome' };
  const terminal = { name: 'terminal', port: 6082, protocol: 'TCP', targetPort: 'novnc-term' };

  it('have an address inside the cluster', () => {
    expect(render()('service-vnc.yaml').spec).toEqual({
      type: 'ClusterIP',
      selector: { app: 'bot-alpha' },
      ports: [chrome, terminal],
    });
  });

  it('have their node ports too when they are exposed', () => {
    expect(render(exposed)('service-vnc.yaml').spec).toEqual({
      type: 'NodePort',
      selector: { app: 'bot-alpha' },
      ports: [
        { ...chrome, nodePort: 30100 },
        { ...terminal, nodePort: 30101 },
      ],
    });
  });

  it('keep their ports in the record, and off the Service, while they are not exposed', () => {
    const service = render({ ...exposed, exposure: 'proxy' })('service-vnc.yaml');

    expect(JSON.stringify(service)).not.toContain('nodePort');
  });

  const fromServer = {
    from: [
      {
        podSelector: {
          matchLabels: { 'app.kubernetes.io/component': 'server', 'app.kubernetes.io/name': 'claworc' },
        },
      },
    ],
    ports: [5901, 5902, 6081, 6082].map((port) => ({ port, protocol: 'TCP' })),
  };

  it('are reached by the Claworc server alone', () => {
    expect(render()('networkpolicy.yaml').spec).toEqual({
      podSelector: { matchLabels: { app: 'bot-alpha' } },
      policyTypes: ['Ingress'],
      ingress: [fromServer],
    });
  });

  it('are reached by everybody over HTTP when they are exposed, and over VNC never', () => {
    expect(render(exposed)('networkpolicy.yaml').spec).toMatchObject({
      ingress: [fromServer, { ports: [6081, 6082].map((port) => ({ port, protocol: 'TCP' })) }],
    });
  });
});
