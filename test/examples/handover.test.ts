import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { tempFolder } from '../support/temp-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');

type Json = Readonly<Record<string, unknown>>;

/** What the CRDs of Flux (v1) and of Argo CD (v1alpha1) have, as far as the samples may use it: an unknown field is dropped unseen. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'source.toolkit.fluxcd.io/v1 GitRepository': [
    'interval',
    'url',
    'ref.branch',
    'ref.commit',
    'ref.tag',
    'secretRef.name',
    'timeout',
    'suspend',
    'ignore',
  ],
  'kustomize.toolkit.fluxcd.io/v1 Kustomization': [
    'interval',
    'retryInterval',
    'timeout',
    'path',
    'prune',
    'suspend',
    'wait',
    'dependsOn[].name',
    'sourceRef.kind',
    'sourceRef.name',
    'decryption.provider',
    'decryption.secretRef.name',
  ],
  'argoproj.io/v1alpha1 Application': [
    'project',
    'source.repoURL',
    'source.targetRevision',
    'source.path',
    'source.directory.recurse',
    'destination.server',
    'destination.namespace',
    'syncPolicy.automated.prune',
    'syncPolicy.automated.selfHeal',
    'syncPolicy.syncOptions[]',
  ],
};

const documents = (path: string): readonly Json[] =>
  parseAllDocuments(readFileSync(join(ROOT, path), 'utf8')).map((document) => document.toJS() as Json);

function leaves(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
}

test.each(['examples/flux/claworc.yaml', 'examples/argocd/claworc.yaml'])(
  '%s uses no field that its objects do not have, and lets nothing be deleted with it',
  (path) => {
    for (const { apiVersion, kind, metadata, spec } of documents(path)) {
      const known = FIELDS[`${String(apiVersion)} ${String(kind)}`] ?? [];
      expect(leaves(spec, '').filter((field) => !known.includes(field))).toEqual([]);
      expect(metadata).not.toHaveProperty('finalizers');
    }
  },
);

test('what Flux applies of dist/ waits for the keys, which it opens', () => {
  const [, keys, bots] = documents('examples/flux/claworc.yaml');
  expect(keys).toMatchObject({ spec: { path: './secrets', decryption: { provider: 'sops' } } });
  expect(bots).toMatchObject({ spec: { path: './dist', dependsOn: [{ name: 'claworc-keys' }] } });
});

/** Runs the script of kubectl on a checkout, with programs in the place of kubectl and sops that write down how they were called. */
function run(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const [folder, bin] = [tempFolder(), tempFolder()];
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const name of ['kubectl', 'sops']) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\necho "${name} $*" >> ${bin}/calls\n[ ${name} = sops ] && echo opened\ngrep '^kind:' >> ${bin}/sent\n:\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  for (const name of ['calls', 'sent']) writeFileSync(join(bin, name), '');
  const script = join(ROOT, 'examples/kubectl/claworc-apply.sh');
  const env = { PATH: `${bin}:${process.env.PATH ?? ''}` };
  const { status, stderr } = spawnSync('sh', [script, ...args, folder], { env, encoding: 'utf8', input: '' });
  return {
    status,
    stderr,
    calls: linesOf(join(bin, 'calls')),
    sent: linesOf(join(bin, 'sent')),
  };
}

const linesOf = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const FLEET = 'spec:\n  namespace: bots\n  applier: external\n';

test('the script for kubectl prunes with an ApplySet, which no volume is in', () => {
  const { status, calls, sent } = run(
    {
      'claworc.yaml': FLEET,
      'dist/bot-alpha/deployment.yaml': 'kind: Deployment\n',
      'dist/bot-alpha/networkpolicy.yaml': 'kind: NetworkPolicy\n',
      'dist/bot-alpha/persistentvolumeclaim-chrome.yaml': 'kind: PersistentVolumeClaim\n',
    },
    'all',
  );

  expect(status).toBe(0);
  expect(calls).toEqual([
    'kubectl apply -n bots --server-side --force-conflicts -f -',
    'kubectl apply -n bots --server-side --force-conflicts --prune --applyset=configmap/claworc-by-kubectl -f -',
  ]);
  expect(sent, 'the policy is there before the pod').toEqual([
    'kind: PersistentVolumeClaim',
    'kind: NetworkPolicy',
    'kind: Deployment',
  ]);
});

test.each([
  ['where Claworc applies', { 'claworc.yaml': 'spec:\n  namespace: bots\n' }, 2, 'Claworc applies this fleet'],
  ['where dist/ is not there: it would remove every bot', { 'claworc.yaml': FLEET }, 1, 'dist/ has no manifest'],
])('the script for kubectl does nothing %s', (_, files, code, words) => {
  const { status, stderr, calls } = run(files, 'all');

  expect({ status, calls }).toEqual({ status: code, calls: [] });
  expect(stderr).toContain(words);
});
