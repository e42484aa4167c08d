import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import { openContext, type OpenedContext, type OpenOptions } from '../services/open-app-context.ts';
import { basePathOf } from './base-path.ts';
import { createApp } from './app.ts';
import { concealFolders } from './conceal-folders.ts';
import { doorsOf, isLoopback } from './doors.ts';

export interface StartOptions extends Omit<OpenOptions, 'basePath'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The address that browsers use, with the path that a proxy shows it under; needed on any address but loopback. */
  readonly publicUrl?: string;
  /** Folder of the built UI. */
  readonly ui: string;
}

export interface RunningClaworc {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly context: OpenedContext;
  readonly server: Server;
  /** Ends streams and screens, waits for requests under way, then ends everything else. */
  stop(): Promise<void>;
}

/**
 * Opens the data folder and listens. Throws one clear sentence for what stands in the way; a port that is taken or an
 * address that would need `--public-url` is noticed before anything is touched.
 */
export async function startClaworc(options: StartOptions): Promise<RunningClaworc> {
  const { host, port, publicUrl, ui } = options;
  const basePath = basePathOf(publicUrl);
  checkAddress(host, publicUrl);
  await checkPort(host, port);
  const context = await openContext({ ...options, basePath });
  try {
    let doors = doorsOf(host, port, publicUrl);
    const app = await createApp(context, {
      ui,
      basePath,
      doors: () => doors,
      conceal: concealFolders(foldersOf(options)),
    });
    const address = await app.listen({ host, port });
    doors = doorsOf(host, Number(new URL(address).port || 80), publicUrl);
    return {
      address,
      context,
      server: app.server,
      stop: async () => {
        await app.close();
        await context[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await context[Symbol.asyncDispose]();
    throw listenError(error, host, port);
  }
}

function foldersOf({ data, repo, ui }: StartOptions): Record<string, string> {
  return {
    data: resolve(data),
    ...(repo === undefined ? {} : { repository: resolve(repo) }),
    ui: resolve(ui),
    claworc: resolve(import.meta.dirname, '../..'),
    temp: tmpdir(),
  };
}

function checkAddress(host: string, publicUrl: string | undefined): void {
  if (isLoopback(host) || publicUrl !== undefined) return;
  throw new ClaworcError(
    'usage',
    `Listening on ${host} lets others in: say with --public-url under which address, or listen on 127.0.0.1.`,
  );
}

function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', (error) => reject(listenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

function listenError(thrown: unknown, host: string, port: number): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ClaworcError('usage', `Port ${port} on ${host} is taken: choose another with --port.`, { cause: error });
  }
  if (code === 'EACCES') {
    return new ClaworcError('usage', `Port ${port} may not be used by this user: choose one above 1023.`, {
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ClaworcError('usage', `${host} is no address of this machine.`, { cause: error });
  }
  return error;
}
