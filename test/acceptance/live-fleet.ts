import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const run = promisify(execFile);
const WAIT = { timeout: PATIENCE_MS, interval: 200 } as const;

/** What of the fleet is in the cluster, as a person would list it: `Deployment/bot-alpha 1`, `PersistentVolumeClaim/...`. */
export async function liveObjects(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const kinds = 'deployments,services,persistentvolumeclaims,secrets,networkpolicies,configmaps';
  const { stdout } = await kubectl(['get', kinds, '-n', namespace, '-o', 'json', '-l', 'managed-by=claworc']);
  const { items } = JSON.parse(stdout) as { items: LiveItem[] };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata, spec }) =>
      kind === 'Deployment' ? `${kind}/${metadata.name} ${spec?.replicas}` : `${kind}/${metadata.name}`,
    )
    .sort();
}

interface LiveItem {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly replicas?: number };
}

/** The objects of one bot that runs (1) or is stopped (0). */
export function objectsOf(name: string, replicas: 0 | 1): string[] {
  return [...otherObjects(name), ...volumesOf(name), `Deployment/${name} ${replicas}`].sort();
}

export function volumesOf(name: string): string[] {
  return ['chrome', 'clawd', 'clawdbot', 'homebrew'].map((volume) => `PersistentVolumeClaim/${name}-${volume}`);
}

function otherObjects(name: string): string[] {
  return [`ConfigMap/${name}-config`, `NetworkPolicy/${name}`, `Service/${name}-vnc`];
}

export async function expectLive(kubectl: Kubectl, namespace: string, objects: readonly string[]): Promise<void> {
  await expect.poll(() => liveObjects(kubectl, namespace), WAIT).toEqual([...objects].sort());
}

/** Every file below `dist/` on main with its text. */
export async function distOnMain(repository: string): Promise<Record<string, string>> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', ['-C', repository, ...args], { maxBuffer: 64 << 20 });
    return stdout;
  };
  const names = (await git('ls-tree', '-r', '--name-only', 'HEAD', 'dist/')).split('\n').filter((name) => name !== '');
  const texts = await Promise.all(names.map(async (name) => [name, await git('show', `HEAD:${name}`)] as const));
  return Object.fromEntries(texts);
}
