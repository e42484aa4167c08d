import type { Forge } from '../../forge/forge.ts';
import { createAppToken } from '../../forge/github-app.ts';
import { openNetwork } from '../../forge/network.ts';
import { openForge } from '../../forge/open-forge.ts';
import { forgePlace, type ForgeKind, type ForgePlace } from '../../forge/place.ts';
import { credentialsIn, type TokenSource } from '../../git/remote/access.ts';
import { parseRemoteUrl, type RemoteUrl } from '../../git/remote/remote-url.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { readSmallFile } from '../../lib/small-file.ts';

/** How the forge of a remote was named. Only names of files; they are read each time. */
export interface ForgeChoice {
  /** The remote, as git knows it. */
  readonly remote: string;
  readonly kind?: ForgeKind | undefined;
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** A GitHub App: its number or client id, and the file of its private key. */
  readonly app?: string | undefined;
  readonly appKey?: string | undefined;
  /** The credentials of the remote, which are good for its forge where nothing else was named. */
  readonly credentials?: string | undefined;
  readonly caFile?: string | undefined;
}

export interface ForgeSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  /** A longer rate limit is an error instead of a wait, in milliseconds. @default 2 min */
  readonly patienceMs?: number;
}

export interface ConnectedForge extends AsyncDisposable {
  readonly forge: Forge;
  readonly place: ForgePlace;
}

/** The forge that the remote lies on. Throws `usage` where it can't be told or nothing opens it. */
export async function connectForge(choice: ForgeChoice, surroundings: ForgeSurroundings): Promise<ConnectedForge> {
  const remote = parseRemoteUrl(choice.remote);
  const place = placeOf(remote, choice);
  const network = await networkFor(choice, surroundings);
  const token = appToken(choice, place, network) ?? fileToken(choice, remote);
  return {
    forge: openForge(place, token, network),
    place,
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

/** What a GitHub App gives git for a remote over https. */
export function gitTokenOfApp(choice: ForgeChoice, surroundings: ForgeSurroundings): TokenSource {
  const remote = parseRemoteUrl(choice.remote);
  const place = placeOf(remote, choice);
  let token: Promise<() => Promise<string>> | undefined;
  const make = async (): Promise<() => Promise<string>> => {
    const made = appToken(choice, place, await networkFor(choice, surroundings));
    if (made === undefined) throw new Error('no app was named');
    return made;
  };
  return async () => {
    token ??= make().catch((error: unknown) => {
      token = undefined;
      throw error;
    });
    return { user: 'x-access-token', secret: await (await token)() };
  };
}

function placeOf(remote: RemoteUrl, { kind, url }: ForgeChoice): ForgePlace {
  return forgePlace(remote, { ...(kind === undefined ? {} : { kind }), ...(url === undefined ? {} : { url }) });
}

async function networkFor({ caFile }: ForgeChoice, surroundings: ForgeSurroundings) {
  const { environment, clock, log, patienceMs } = surroundings;
  const ca = caFile === undefined ? undefined : await textIn(caFile, '--remote-ca-file');
  const onWait = (message: string, until: Date): void => log.warn(message, { until: until.toISOString() });
  const network = openNetwork({ environment, clock, onWait, ...(ca === undefined ? {} : { ca }) });
  return { ...network, ...(patienceMs === undefined ? {} : { patienceMs }) };
}

function appToken(
  { app, appKey }: ForgeChoice,
  place: ForgePlace,
  network: Parameters<typeof createAppToken>[0]['network'],
): (() => Promise<string>) | undefined {
  if (app === undefined && appKey === undefined) return undefined;
  if (app === undefined || appKey === undefined) {
    throw new ClaworcError('usage', 'A GitHub App is named by --forge-app and --forge-app-key together.', {
      field: 'forge',
    });
  }
  if (place.kind !== 'github') {
    throw new ClaworcError('usage', `--forge-app is for GitHub; ${place.title} is on ${place.kind}.`, {
      field: 'forge',
    });
  }
  return createAppToken({ place, app, network, key: () => textIn(appKey, '--forge-app-key') });
}

function fileToken({ tokenFile, credentials }: ForgeChoice, remote: RemoteUrl): () => Promise<string> {
  if (tokenFile === undefined && credentials === undefined) {
    throw new ClaworcError('usage', 'Nothing opens the forge: name a file with a token by --forge-token-file.', {
      field: 'forge',
    });
  }
  return async () => {
    if (tokenFile === undefined) return (await credentialsIn(remote, credentials))?.secret ?? '';
    const token = (await textIn(tokenFile, '--forge-token-file')).trim();
    if (/^[\x21-\x7e]+$/.test(token)) return token;
    throw new ClaworcError('usage', '--forge-token-file: the file holds no token alone in one line.', {
      field: 'forge',
    });
  };
}

/** A bundle of certificates of a company. */
const MAX_BYTES = 4 * 1024 * 1024;

async function textIn(file: string, option: string): Promise<string> {
  const bytes = await readSmallFile(file, { most: MAX_BYTES }).catch((cause: unknown) => {
    throw new ClaworcError('usage', `${option}: the file ${messageOf(cause)}.`, { field: 'forge', cause });
  });
  return bytes.toString('utf8');
}
