import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';
import type { SigningChoice } from '../git/signing/signer.ts';
import { openContext, type OpenedContext, type OpenOptions } from '../services/open-app-context.ts';
import { createApp, type AppOptions } from './app.ts';
import { basePathOf } from './base-path.ts';
import { concealFolders } from './conceal-folders.ts';
import { doorsOf, isLoopback } from './doors.ts';
import { openFrontDoor, type FrontDoor } from './front-door.ts';
import { answerWhileStarting } from './starting.ts';

export interface StartOptions extends Omit<OpenOptions, 'basePath' | 'onProgress'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The address that browsers use, with the path that a proxy shows it under; needed on any address but loopback. */
  readonly publicUrl?: string;
  /** Holds the secret that signs webhooks; without one none is taken. */
  readonly webhookSecretFile?: string;
  /** Gets what has to be there before the data folder is touched, and gives the folder of the built UI. */
  readonly prepare: (onProgress: (words: string) => void) => Promise<{ readonly ui: string }>;
  /** Called once this address can be asked; until the start is over `/health` and the page say how far it is. */
  readonly onListening?: (address: string) => void;
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
 * Listens, and opens the data folder then. Throws one clear sentence for what stands in the way; a port that is taken or
 * an address that would need `--public-url` is noticed before anything is touched.
 */
export async function startClaworc(options: StartOptions): Promise<RunningClaworc> {
  const { host, port, publicUrl, onListening = () => undefined } = options;
  const basePath = basePathOf(publicUrl);
  checkAddress(host, publicUrl);
  let doors = doorsOf(host, port, publicUrl);
  let words = 'getting ready';
  const door = await openFrontDoor(
    host,
    port,
    answerWhileStarting({ basePath, doors: () => doors, words: () => words }),
  );
  try {
    doors = doorsOf(host, door.port, publicUrl);
    onListening(door.address);
    const onProgress = (progress: string): void => void (words = progress);
    const { ui } = await options.prepare(onProgress);
    const context = await openContext({ ...options, basePath, onProgress });
    const conceal = concealFolders(foldersOf(options, ui), options.remote?.url);
    const { webhookSecretFile } = options;
    const hooks = webhookSecretFile === undefined ? {} : { webhookSecretFile };
    return await serve(context, door, { ui, basePath, doors: () => doors, conceal, ...hooks });
  } catch (error) {
    await door.close();
    throw error;
  }
}

async function serve(context: OpenedContext, door: FrontDoor, options: AppOptions): Promise<RunningClaworc> {
  try {
    const app = await createApp(context, options);
    await app.ready();
    door.handOver(app);
    return {
      address: door.address,
      context,
      server: door.server,
      stop: async () => {
        await Promise.all([door.close(), app.close()]);
        await context[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await context[Symbol.asyncDispose]();
    throw error;
  }
}

function foldersOf(
  { data, repo, identity, webhookSecretFile, signer }: StartOptions,
  ui: string,
): Record<string, string> {
  return {
    data: resolve(data),
    ...(repo === undefined ? {} : { repository: resolve(repo) }),
    ...(identity === undefined ? {} : { identity: resolve(identity) }),
    ...(webhookSecretFile === undefined ? {} : { webhook: resolve(webhookSecretFile) }),
    ...(signer === undefined || signer === null ? {} : signingPlace(signer.choice)),
    ui: resolve(ui),
    claworc: resolve(import.meta.dirname, '../..'),
    temp: tmpdir(),
  };
}

function signingPlace(choice: SigningChoice): Record<string, string> {
  return choice.kind === 'ssh' ? { 'signing key': choice.file } : { 'gpg home': choice.home };
}

function checkAddress(host: string, publicUrl: string | undefined): void {
  if (isLoopback(host) || publicUrl !== undefined) return;
  throw new ClaworcError(
    'usage',
    `Listening on ${host} lets others in: say with --public-url under which address, or listen on 127.0.0.1.`,
  );
}
