import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import type { BotInstance, Fleet } from '../../../../constructs/schema/index.ts';
import { initRepository } from '../../../../server/git/folder/init-repository.ts';
import type { RemoteAccess } from '../../../../server/git/remote/access.ts';
import { createMirror } from '../../../../server/git/remote/mirror.ts';
import { parseRemoteUrl } from '../../../../server/git/remote/remote-url.ts';
import { openRepository, type GitRepository } from '../../../../server/git/repository.ts';
import type { TreeCaps } from '../../../../server/git/read/read-tree.ts';
import { createSigner } from '../../../../server/git/signing/open-signer.ts';
import { createSnapshots, type Snapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import type { Failpoint } from '../../../../server/lib/failpoint.ts';
import { silentLog, type Log } from '../../../../server/lib/log.ts';
import { createPublisher } from '../../../../server/services/publish/create-publisher.ts';
import type { Publisher, Settled } from '../../../../server/services/publish/publisher.ts';
import type { DocumentChange, Edit } from '../../../../server/store/edit.ts';
import { getInstance } from '../../../../server/store/instances.ts';
import { getMeta, IMPORTED_COMMIT } from '../../../../server/store/meta.ts';
import { openStore, type Store } from '../../../../server/store/open-store.ts';
import { listUnrendered } from '../../../../server/store/unrendered.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

export const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
export const ADA = { name: 'Ada', email: 'ada@example.com' };
export const FLEET: Fleet = newFleet({ recipients: [RECIPIENT] });

export const recordOf = (name: string, spec: Partial<BotInstance['spec']> = {}): BotInstance =>
  newRecord({ name, displayName: name, ...spec }, FLEET);

export const withSpec = (record: BotInstance, spec: Partial<BotInstance['spec']>): BotInstance => ({
  ...record,
  spec: { ...record.spec, ...spec },
});

export function editOf(message: string, ...changes: DocumentChange[]): Edit {
  return { id: randomUUID(), at: '2026-11-19T14:31:40Z', author: ADA, message, changes };
}

export const creation = (record: BotInstance): DocumentChange => ({
  kind: 'BotInstance',
  name: record.metadata.name,
  base: null,
  next: record,
});

export const change = (base: BotInstance, next: BotInstance | null): DocumentChange => ({
  kind: 'BotInstance',
  name: base.metadata.name,
  base,
  next,
});

/** A data folder with its publisher, and a person with a checkout. */
export interface House {
  readonly folder: string;
  readonly bare: string;
  readonly store: Store;
  readonly repository: GitRepository;
  readonly snapshots: Snapshots;
  readonly publisher: Publisher;
  /** Of the data folder; the same as `bare` without a remote. */
  readonly own: string;
  /** Starts the publisher's loop; gives what stops it. */
  start(): () => Promise<void>;
  /** Submits and waits for the end. */
  publish(edit: Edit): Promise<Settled>;
  published(edit: Edit): Promise<string>;
  /** The record on main, as the database has it. */
  record(name: string): BotInstance;
  /** A file on main, or undefined. */
  onMain(path: string): string | undefined;
  /** Until the database has imported main. */
  imported(): Promise<void>;
  /** Until it has, and no rendering is due. */
  caughtUp(): Promise<void>;
  readonly person: Person;
}

export interface Person {
  readonly checkout: string;
  /** Commits files (null removes) on top of main and pushes; `key` is the file of an ssh key that signs. */
  push(message: string, files: Record<string, string | null>, key?: string): string;
  read(path: string): string;
}

/** A bare repository that is reached by its address. */
export interface ServedRemote {
  readonly folder: string;
  readonly url: string;
  readonly access: RemoteAccess;
  readonly environment?: NodeJS.ProcessEnv;
}

interface HouseOptions {
  /** `true`: a folder beside the house. */
  readonly remote?: boolean | ServedRemote;
  readonly caps?: TreeCaps;
  readonly log?: Log;
  /** The file of an ssh key that signs what is published. */
  readonly signingKey?: string;
  readonly failpoint?: Failpoint;
  /** How often a remote is asked, in milliseconds. @default 50 */
  readonly pollMs?: number;
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const folder = tempFolder();
  const own = join(folder, 'data', 'instances.git');
  await initRepository(own);
  const served = typeof options.remote === 'object' ? options.remote : undefined;
  const { log = silentLog, pollMs = 50, failpoint } = options;
  const bare = served?.folder ?? (options.remote === true ? join(folder, 'remote.git') : own);
  if (options.remote === true) git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  const store = openStore({
    file: join(folder, 'data', 'claworc.db'),
    lockFile: join(folder, 'data', 'claworc.lock'),
    log,
  });
  onTestFinished(() => store.close());
  const opened = await openRepository({
    folder: own,
    log,
    keepsGit: true,
    signer: options.signingKey === undefined ? null : createSigner({ kind: 'ssh', file: options.signingKey }),
    ...(options.caps === undefined ? {} : { caps: options.caps }),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  onTestFinished(() => opened.endKeptGit());
  const { url = bare, access = {}, environment = {} } = served ?? {};
  const remote = { url: parseRemoteUrl(url), branch: 'main', access, environment };
  const mirror = bare === own ? undefined : createMirror(opened, opened.connect(remote), failpoint);
  const repository = mirror ?? opened;
  const snapshots = createSnapshots(repository);
  const publisher = createPublisher({
    store,
    repository,
    ...(mirror === undefined ? {} : { mirror, pollMs }),
    snapshots,
    log,
    clock: systemClock,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  const publish = async (edit: Edit): Promise<Settled> => {
    publisher.submit(edit);
    return publisher.settled(edit.id, 20_000);
  };
  const expectImported = (): void => {
    expect(getMeta(store.reader, IMPORTED_COMMIT)).toBe(git(bare, 'rev-parse', 'refs/heads/main').trim());
  };
  return {
    folder,
    bare,
    own,
    store,
    repository,
    snapshots,
    publisher,
    start: () => {
      const abort = new AbortController();
      const running = publisher.run(abort.signal);
      const stop = async (): Promise<void> => {
        abort.abort();
        await running;
      };
      onTestFinished(stop);
      return stop;
    },
    publish,
    published: async (edit) => {
      const settled = await publish(edit);
      if (settled.state !== 'published') throw new Error(`not published: ${JSON.stringify(settled)}`);
      return settled.commit;
    },
    record: (name) => {
      const record = getInstance(store.reader, name)?.record;
      if (!record) throw new Error(`${name} is not on main`);
      return record;
    },
    onMain: (path) => {
      try {
        return execFileSync('git', ['show', `main:${path}`], {
          cwd: bare,
          stdio: ['ignore', 'pipe', 'ignore'],
        }).toString();
      } catch {
        return undefined;
      }
    },
    imported: () => vi.waitFor(expectImported, { timeout: PATIENCE_MS, interval: 20 }),
    caughtUp: () =>
      vi.waitFor(
        () => {
          expectImported();
          expect(listUnrendered(store.reader).filter(({ cause }) => cause === 'inputs')).toEqual([]);
        },
        { timeout: PATIENCE_MS, interval: 20 },
      ),
    person: personAt(folder, bare),
  };
}

function personAt(folder: string, bare: string): Person {
  const checkout = join(folder, 'checkout');
  const update = (): void => {
    git(folder, 'init', '-q', '-b', 'main', checkout);
    git(checkout, 'fetch', '-q', bare, 'refs/heads/main');
    git(checkout, 'reset', '-q', '--hard', 'FETCH_HEAD');
  };
  return {
    checkout,
    push: (message, files, key) => {
      update();
      for (const [path, text] of Object.entries(files)) {
        const file = join(checkout, path);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file, { recursive: true });
        else writeFileSync(file, text);
      }
      git(checkout, 'add', '-A');
      const signing = key === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}`];
      git(checkout, ...signing, 'commit', '-qm', message, ...(key === undefined ? [] : ['-S']));
      git(checkout, 'push', '-q', bare, 'HEAD:refs/heads/main');
      return git(checkout, 'rev-parse', 'HEAD').trim();
    },
    read: (path) => {
      update();
      return readFileSync(join(checkout, path), 'utf8');
    },
  };
}

/** A house whose main has the fleet and some bots, with its publisher running. */
export async function openFurnishedHouse(...names: string[]): Promise<House> {
  const house = await openHouse();
  house.start();
  const bots = names.map((name) => creation(recordOf(name)));
  await house.published(editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, ...bots));
  return house;
}
