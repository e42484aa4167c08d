import { delimiter, dirname, resolve } from 'node:path';
import {
  newClusters,
  newContexts,
  newUsers,
  type Cluster,
  type Context,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { parse } from 'yaml';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { FileNotRead, readNamedFile } from '../lib/small-file.ts';
import type { ClusterTarget, UserExtras } from './cluster-target.ts';

/**
 * Reads one or more kubeconfig files as kubectl does: files that don't exist are passed over when there are several,
 * and the first file that has a name wins. Throws `usage` when none is there, one can't be read, or what is wanted isn't
 * in them, naming what is.
 */
export async function readKubeconfigs(files: string, wanted: string | undefined): Promise<ClusterTarget> {
  const paths = files.split(delimiter).filter((path) => path !== '');
  const clusters = new Map<string, Cluster>();
  const users = new Map<string, { readonly user: User; readonly extras: UserExtras }>();
  const contexts = new Map<string, Context>();
  let current: string | undefined;
  let found = 0;
  for (const path of paths) {
    const text = await readText(path, paths.length > 1);
    if (text === undefined) continue;
    found++;
    const one = readKubeconfig(text, path);
    for (const cluster of one.clusters) if (!clusters.has(cluster.name)) clusters.set(cluster.name, cluster);
    for (const context of one.contexts) if (!contexts.has(context.name)) contexts.set(context.name, context);
    for (const each of one.users) if (!users.has(each.user.name)) users.set(each.user.name, each);
    current ??= one.current;
  }
  if (found === 0) throw new ClaworcError('usage', `no kubeconfig at ${files}`, { subject: files });
  const chosen = contexts.get(chooseContext(wanted ?? current, [...contexts.keys()], files));
  const context = chosen?.name ?? '';
  const cluster = clusters.get(chosen?.cluster ?? '');
  if (cluster === undefined) {
    throw new ClaworcError('usage', `context ${context} names a cluster that the kubeconfig lacks`, {
      subject: context,
    });
  }
  const { user, extras } = users.get(chosen?.user ?? '') ?? { user: { name: '' }, extras: {} };
  return { context, namespace: chosen?.namespace ?? null, cluster, user, extras };
}

interface Kubeconfig {
  readonly clusters: readonly Cluster[];
  readonly contexts: readonly Context[];
  readonly users: readonly { readonly user: User; readonly extras: UserExtras }[];
  readonly current: string | undefined;
}

/** One file, with its paths made absolute. */
function readKubeconfig(text: string, path: string): Kubeconfig {
  const folder = dirname(resolve(path));
  try {
    const document: unknown = parse(text, { merge: true, logLevel: 'error' });
    if (typeof document !== 'object' || document === null) throw new Error('it holds no clusters, users and contexts');
    const { clusters, users, contexts, 'current-context': current } = asRecord(document);
    return {
      clusters: newClusters(clusters).map((cluster) => withPaths(cluster, ['caFile'], folder)),
      contexts: newContexts(contexts),
      users: newUsers(users).map((user) => ({
        user: withPlugin(withPaths(user, ['certFile', 'keyFile'], folder), folder),
        extras: readExtras(users, user.name, folder),
      })),
      current: typeof current === 'string' && current !== '' ? current : undefined,
    };
  } catch (error) {
    // What follows the first line of a parser's words is the file's own text, which may hold a token.
    const [why = ''] = messageOf(error).split('\n', 1);
    throw new ClaworcError('usage', `${path} is not a kubeconfig: ${why.replace(/:$/, '')}`, {
      subject: path,
      cause: error,
    });
  }
}

function withPaths<Part extends object>(part: Part, members: readonly (keyof Part)[], folder: string): Part {
  const paths = members.flatMap((member) => {
    const path: unknown = part[member];
    return typeof path === 'string' && path !== '' ? [[member, resolve(folder, path)] as const] : [];
  });
  return { ...part, ...Object.fromEntries(paths) };
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

/** Hundreds of clusters with their certificates. */
const MAX_BYTES = 16 * 1024 * 1024;

async function readText(path: string, mayBeAbsent: boolean): Promise<string | undefined> {
  try {
    return (await readNamedFile(path, { most: MAX_BYTES })).toString('utf8');
  } catch (error) {
    const absent = error instanceof FileNotRead && error.isMissing;
    if (absent && mayBeAbsent) return undefined;
    throw new ClaworcError(
      'usage',
      absent
        ? `no kubeconfig at ${path}`
        : error instanceof FileNotRead
          ? `${path} ${error.message}`
          : `${path} can't be read: ${messageOf(error)}`,
      {
        subject: path,
        cause: error,
      },
    );
  }
}

/** A credential plugin that is named by a path is looked for from the kubeconfig's folder; a bare name from PATH. */
function withPlugin(user: User, folder: string): User {
  const exec: unknown = user.exec;
  const { command } = asRecord(exec);
  if (typeof command !== 'string' || !command.includes('/')) return user;
  return { ...user, exec: { ...asRecord(exec), command: resolve(folder, command) } };
}

function readExtras(users: unknown, name: string, folder: string): UserExtras {
  const entries = Array.isArray(users) ? users.map(asRecord) : [];
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
