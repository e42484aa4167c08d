import { readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { ClaworcError, messageOf } from '../lib/errors.ts';

/** What client-node leaves out when it reads a user of a kubeconfig. */
export interface UserExtras {
  readonly tokenFile?: string;
  /** Impersonate-Group, Impersonate-Uid and Impersonate-Extra-* headers. */
  readonly impersonation?: Readonly<Record<string, string | string[]>>;
}

export interface Kubeconfigs {
  readonly config: KubeConfig;
  readonly extras: ReadonlyMap<string, UserExtras>;
}

/**
 * Reads one or more kubeconfig files as kubectl does: files that don't exist are passed over when there are several,
 * and the first file that has a name wins.
 */
export async function readKubeconfigs(files: string, wanted: string | undefined): Promise<Kubeconfigs> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const paths = files.split(delimiter).filter((path) => path !== '');
  const clusters = new Map<string, KubeConfig['clusters'][number]>();
  const users = new Map<string, KubeConfig['users'][number]>();
  const contexts = new Map<string, KubeConfig['contexts'][number]>();
  const extras = new Map<string, UserExtras>();
  let current: string | undefined;
  let found = 0;
  for (const path of paths) {
    const text = await readText(path, paths.length > 1);
    if (text === undefined) continue;
    found++;
    const one = new KubeConfig();
    try {
      one.loadFromString(text);
      one.makePathsAbsolute(dirname(resolve(path)));
    } catch (error) {
      throw new ClaworcError('usage', `${path} is not a kubeconfig: ${messageOf(error)}`, {
        subject: path,
        cause: error,
      });
    }
    for (const cluster of one.clusters) if (!clusters.has(cluster.name)) clusters.set(cluster.name, cluster);
    for (const context of one.contexts) if (!contexts.has(context.name)) contexts.set(context.name, context);
    for (const user of one.users) {
      if (users.has(user.name)) continue;
      users.set(user.name, withPlugin(user, dirname(resolve(path))));
      extras.set(user.name, readExtras(text, user.name, dirname(resolve(path))));
    }
    current ??= one.currentContext || undefined;
  }
  if (found === 0) throw new ClaworcError('usage', `no kubeconfig at ${files}`, { subject: files });
  const context = chooseContext(wanted ?? current, [...contexts.keys()], files);
  const chosen = contexts.get(context);
  if (chosen !== undefined && !users.has(chosen.user)) {
    // Without a user client-node drops the cluster's certificate too.
    users.set('nobody', { name: 'nobody' });
    contexts.set(context, { ...chosen, user: 'nobody' });
  }
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [...clusters.values()],
    users: [...users.values()],
    contexts: [...contexts.values()],
    currentContext: context,
  });
  return { config, extras };
}

function chooseContext(name: string | undefined, there: readonly string[], files: string): string {
  const list = there.length === 0 ? 'it has none' : `it has ${there.join(', ')}`;
  if (name === undefined) {
    throw new ClaworcError('usage', `${files} names no current context; ${list}: give --context NAME`, {
      subject: files,
    });
  }
  if (!there.includes(name)) {
    throw new ClaworcError('usage', `${files} has no context ${name}; ${list}`, { subject: files });
  }
  return name;
}

async function readText(path: string, mayBeAbsent: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (absent && mayBeAbsent) return undefined;
    throw new ClaworcError(
      'usage',
      absent ? `no kubeconfig at ${path}` : `${path} can't be read: ${messageOf(error)}`,
      {
        subject: path,
        cause: error,
      },
    );
  }
}

/** A credential plugin that is named by a path is looked for from the kubeconfig's folder; a bare name from PATH. */
function withPlugin(user: KubeConfig['users'][number], folder: string): KubeConfig['users'][number] {
  const exec: unknown = user.exec;
  const { command } = asRecord(exec);
  if (typeof command !== 'string' || !command.includes('/')) return user;
  return { ...user, exec: { ...asRecord(exec), command: resolve(folder, command) } };
}

function readExtras(text: string, name: string, folder: string): UserExtras {
  const document = asRecord(parse(text));
  const entries = Array.isArray(document.users) ? document.users.map(asRecord) : [];
  const user = asRecord(entries.find((entry) => entry.name === name)?.user);
  const { tokenFile } = user;
  const impersonation: Record<string, string | string[]> = {};
  const groups = user['as-groups'];
  if (Array.isArray(groups) && groups.length > 0) impersonation['Impersonate-Group'] = groups.map(String);
  if (typeof user['as-uid'] === 'string') impersonation['Impersonate-Uid'] = user['as-uid'];
  for (const [key, values] of Object.entries(asRecord(user['as-user-extra']))) {
    if (Array.isArray(values)) impersonation[`Impersonate-Extra-${encodeURIComponent(key)}`] = values.map(String);
  }
  return {
    ...(typeof tokenFile === 'string' && tokenFile !== '' && { tokenFile: resolve(folder, tokenFile) }),
    ...(Object.keys(impersonation).length > 0 && { impersonation }),
  };
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
