import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { benchFleet } from '../../bench/fleet.ts';
import type { KubeObject } from '../../constructs/kube-object.ts';
import { newRecord } from '../../constructs/new-documents.ts';
import type { BotInstance, Fleet } from '../../constructs/schema/index.ts';
import { parseFleet, parseRecord } from '../../constructs/schema/yaml/parse-document.ts';
import { synthInstance, type KeyInUse, type Manifest } from '../../constructs/synth.ts';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const root = resolve(import.meta.dirname, '../..');

/** Texts that readers of YAML disagree about: what arrives must be what was meant. */
const AWKWARD = [
  ...['', ' ', 'yes', 'NO', 'on', 'y', 'null', '~', '0o14', '014', '0x1F', '1e3', '1_000', '12:30', '.5', '2026-01-01'],
  ...[
    '- a',
    'a: b',
    'a #b',
    '#',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '`a',
    '{',
    '[',
    '|',
    '>',
    '---',
    '...',
    '=',
    '<<',
    'a\nb\n',
  ],
  ...[
    '\n\na',
    ' a\nb',
    'a\r\nb',
    '\t',
    ' \n',
    '\n \n',
    "it's",
    '"q"',
    'é 日本 😀',
    'x'.repeat(300),
    '$(HOME)',
    '${HOME}',
  ],
];

function examples(namespace: string): readonly Manifest[] {
  const parsed = parseFleet(readFileSync(join(root, 'claworc.yaml')), 'claworc.yaml');
  if (!parsed.ok) throw new Error('claworc.yaml is broken');
  const fleet: Fleet = { ...parsed.fleet, spec: { ...parsed.fleet.spec, namespace } };
  return readdirSync(join(root, 'instances')).flatMap((file) => {
    const record = parseRecord(readFileSync(join(root, 'instances', file)), file);
    if (!record.ok) throw new Error(`${file} is broken`);
    return synthInstance(withOwnPorts(record.record), fleet, []);
  });
}

/** Node ports belong to the whole cluster, which other tests use at the same time. */
function withOwnPorts(record: BotInstance): BotInstance {
  if (record.spec.nodePorts === undefined) return record;
  return { ...record, spec: { ...record.spec, nodePorts: { chrome: 30192, terminal: 30193 } } };
}

function generated(namespace: string): readonly Manifest[] {
  const bench = benchFleet(12);
  const fleet: Fleet = { ...bench.fleet, spec: { ...bench.fleet.spec, namespace } };
  const key: KeyInUse = {
    name: 'ANTHROPIC_API_KEY',
    scope: 'global',
    secretName: 'claworc-anthropic-api-key',
    digest: '00',
  };
  const odd = newRecord(
    {
      name: `bot-${'o'.repeat(46)}`,
      displayName: 'Odd',
      exposure: 'nodePort',
      nodePorts: { chrome: 30194, terminal: 30195 },
      env: Object.fromEntries(AWKWARD.map((text, index) => [`TEXT_${index}`, text])),
      config: `{ "texts": ${JSON.stringify(AWKWARD)} }`,
      resources: { requests: { cpu: '0.25', memory: '1000Ki' }, limits: { cpu: '1500m', memory: '1.5Gi' } },
      storage: { clawdbot: '1024Mi', homebrew: '1500M', clawd: '1000000k', chrome: '2.5Gi', className: 'kwok-volume' },
    },
    fleet,
  );
  return [...bench.records, odd].flatMap((record) => synthInstance(record, fleet, [key]));
}

function applyAll(kubectl: Kubectl, manifests: readonly Manifest[], ...flags: readonly string[]) {
  const input = manifests.map(({ text }) => text).join('---\n');
  return kubectl(['apply', '--server-side', '--field-manager=claworc', '--validate=strict', ...flags, '-f', '-'], {
    input,
  });
}

interface Live extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly managedFields: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly fieldsV1: unknown;
    }[];
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

const KINDS = 'deployments,services,persistentvolumeclaims,configmaps,networkpolicies';

async function liveObjects(kubectl: Kubectl, namespace: string): Promise<ReadonlyMap<string, Live>> {
  const args = ['get', KINDS, '-n', namespace, '-l', 'managed-by=claworc', '-o', 'json', '--show-managed-fields'];
  const { items } = JSON.parse((await kubectl(args)).stdout) as { readonly items: readonly Live[] };
  return new Map(items.map((item) => [`${item.kind}/${item.metadata.name}`, item]));
}

/** Everything about an object that we own or that only we change. */
function ownedBy(manager: string, live: ReadonlyMap<string, Live>) {
  return [...live].map(([name, { metadata, spec, data }]) => ({
    name,
    generation: metadata.generation,
    fields: metadata.managedFields.find((entry) => entry.manager === manager && entry.operation === 'Apply')?.fieldsV1,
    // A bound claim is told its volume.
    spec: { ...(spec as object), volumeName: undefined },
    data,
  }));
}

/** Until the controllers have seen everything and have no more to write. */
async function settled(kubectl: Kubectl, namespace: string): Promise<ReadonlyMap<string, Live>> {
  return vi.waitFor(
    async () => {
      const live = await liveObjects(kubectl, namespace);
      for (const { kind, metadata, spec, status } of live.values()) {
        if (kind === 'PersistentVolumeClaim') expect(status?.phase).toBe('Bound');
        if (kind !== 'Deployment') continue;
        expect(status?.observedGeneration).toBe(metadata.generation);
        expect(status?.readyReplicas ?? 0).toBe((spec as { readonly replicas: number }).replicas);
      }
      return live;
    },
    { timeout: PATIENCE_MS, interval: 500 },
  );
}

const resourceVersions = (live: ReadonlyMap<string, Live>, kinds: (kind: string) => boolean) =>
  [...live].filter(([, { kind }]) => kinds(kind)).map(([name, { metadata }]) => `${name} ${metadata.resourceVersion}`);

describe('what is rendered', () => {
  test('is accepted by a real API server, strictly and as a dry run, without a warning', async ({
    kubectl,
    namespace,
  }) => {
    for (const manifests of [examples(namespace), generated(namespace)]) {
      const { code, stderr, stdout } = await applyAll(kubectl, manifests, '--dry-run=server');

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trim().split('\n')).toHaveLength(manifests.length);
    }
  });

  test('is stored as it is written, and applying it again changes nothing', async ({ kubectl, namespace }) => {
    const manifests = [...examples(namespace), ...generated(namespace)];
    expect(await applyAll(kubectl, manifests)).toMatchObject({ code: 0, stderr: '' });
    const first = await settled(kubectl, namespace);

    await applyAll(kubectl, manifests);
    const second = await settled(kubectl, namespace);
    await applyAll(kubectl, manifests);
    const third = await settled(kubectl, namespace);
    await applyAll(kubectl, manifests);
    const fourth = await settled(kubectl, namespace);

    for (const { kind, name, object } of manifests) expect(first.get(`${kind}/${name}`)).toMatchObject(object);
    expect(ownedBy('claworc', second)).toEqual(ownedBy('claworc', first));
    // A claim's first re-apply is a write of the API server's own, which nothing rendered can avoid.
    const notClaims = (kind: string) => kind !== 'PersistentVolumeClaim';
    expect(resourceVersions(second, notClaims)).toEqual(resourceVersions(first, notClaims));
    expect(resourceVersions(third, () => true)).toEqual(resourceVersions(second, () => true));
    expect(resourceVersions(fourth, () => true)).toEqual(resourceVersions(third, () => true));
  });

  test('gives everything back that a later record no longer says', async ({ kubectl, namespace }) => {
    const bench = benchFleet(1);
    const fleet: Fleet = { ...bench.fleet, spec: { ...bench.fleet.spec, namespace } };
    const name = 'bot-back';
    const ports = { chrome: 30196, terminal: 30197 };
    const before = newRecord(
      { name, displayName: 'Back', exposure: 'nodePort', nodePorts: ports, env: { A: 'b', C: 'd' }, state: 'stopped' },
      fleet,
    );
    const after = newRecord({ name, displayName: 'Back', nodePorts: ports, env: { C: 'e' } }, fleet);

    await applyAll(kubectl, synthInstance(before, fleet, []));
    expect(await applyAll(kubectl, synthInstance(after, fleet, []))).toMatchObject({ code: 0, stderr: '' });

    const live = await liveObjects(kubectl, namespace);
    expect(live.get(`Service/${name}-vnc`)?.spec).toMatchObject({ type: 'ClusterIP' });
    expect(JSON.stringify(live.get(`Service/${name}-vnc`)?.spec)).not.toContain('nodePort');
    expect(live.get(`NetworkPolicy/${name}`)?.spec).toMatchObject({
      ingress: [{ from: expect.anything() as unknown }],
    });
    const profile = [
      { name: 'VNC_DEPTH', value: '24' },
      { name: 'VNC_RESOLUTION', value: '1920x1080' },
      { name: 'container', value: 'docker' },
    ];
    expect(live.get(`Deployment/${name}`)?.spec).toMatchObject({
      replicas: 1,
      template: { spec: { containers: [{ env: profile.concat({ name: 'C', value: 'e' }) }] } },
    });
  });
});
