import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BotInstance } from '../constructs/schema/index.ts';
import { initRepository } from '../server/git/folder/init-repository.ts';
import type { RemoteAccess } from '../server/git/remote/access.ts';
import { createMirror } from '../server/git/remote/mirror.ts';
import { parseRemoteUrl } from '../server/git/remote/remote-url.ts';
import { openRepository, type GitRepository } from '../server/git/repository.ts';
import { createSigner } from '../server/git/signing/open-signer.ts';
import { createSnapshots } from '../server/git/read/snapshots.ts';
import { systemClock } from '../server/lib/clock.ts';
import type { Failpoint } from '../server/lib/failpoint.ts';
import { silentLog } from '../server/lib/log.ts';
import { createPublisher } from '../server/services/publish/create-publisher.ts';
import type { Publisher } from '../server/services/publish/publisher.ts';
import type { DocumentChange } from '../server/store/edit.ts';
import { getInstance } from '../server/store/instances.ts';
import { openStore } from '../server/store/open-store.ts';
import { benchFleet } from './fleet.ts';

const AUTHOR = { name: 'Bench', email: 'bench@example.com' };

/** A data folder with its publisher at work and a fleet on main. */
export interface Publishing extends AsyncDisposable {
  readonly folder: string;
  readonly repository: GitRepository;
  readonly publisher: Publisher;
  readonly names: readonly string[];
  /** Saves a change of one bot; gives its commit and the milliseconds until it was there. */
  save(name: string): Promise<{ readonly commit: string; readonly ms: number }>;
}

export async function startPublishing(options: {
  readonly bots: number;
  readonly remote?: { readonly url: string; readonly access: RemoteAccess };
  /** Whether the remote has a fleet already, of as many bots. @default false */
  readonly joins?: boolean;
  /** The file of an ssh key that signs what is published. @default nothing is signed */
  readonly signingKey?: string;
  readonly failpoint?: Failpoint;
}): Promise<Publishing> {
  const { bots, remote, joins = false, signingKey, failpoint } = options;
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const bare = join(folder, 'instances.git');
  await initRepository(bare);
  const store = openStore({ file: join(folder, 'claworc.db'), lockFile: join(folder, 'claworc.lock'), log: silentLog });
  const opened = await openRepository({
    folder: bare,
    log: silentLog,
    keepsGit: true,
    signer: signingKey === undefined ? null : createSigner({ kind: 'ssh', file: signingKey }),
  });
  const mirror =
    remote === undefined
      ? undefined
      : createMirror(
          opened,
          opened.connect({ url: parseRemoteUrl(remote.url), branch: 'main', access: remote.access, environment: {} }),
          failpoint,
        );
  const repository = mirror ?? opened;
  const snapshots = createSnapshots({ readFiles: (commit) => repository.readContents(commit) });
  const publisher = createPublisher({
    store,
    repository,
    ...(mirror === undefined ? {} : { mirror }),
    snapshots,
    log: silentLog,
    clock: systemClock,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  const abort = new AbortController();
  const running = publisher.run(abort.signal);
  const publish = async (changes: readonly DocumentChange[]): Promise<string> => {
    const id = randomUUID();
    publisher.submit({ id, at: new Date().toISOString(), author: AUTHOR, message: 'Bench', changes });
    const settled = await publisher.settled(id, 600_000);
    if (settled.state !== 'published') throw new Error(`not published: ${JSON.stringify(settled)}`);
    return settled.commit;
  };
  const { fleet, records } = benchFleet(bots);
  const creations = records.map((record): DocumentChange => {
    return { kind: 'BotInstance', name: record.metadata.name, base: null, next: record };
  });
  if (joins)
    await whenImported(publisher, () => records.every(({ metadata }) => getInstance(store.reader, metadata.name)));
  else await publish([{ kind: 'Fleet', base: null, next: fleet }, ...creations]);
  let round = 0;
  return {
    folder,
    repository,
    publisher,
    names: records.map(({ metadata }) => metadata.name),
    save: async (name) => {
      const base = getInstance(store.reader, name)?.record;
      if (!base) throw new Error(`${name} is not on main`);
      const next = changed(base, (round += 1));
      const started = performance.now();
      const commit = await publish([{ kind: 'BotInstance', name, base, next }]);
      return { commit, ms: performance.now() - started };
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await running;
      await opened.endKeptGit();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function whenImported(publisher: Publisher, isThere: () => boolean): Promise<void> {
  const imported = Promise.withResolvers<undefined>();
  const look = (): void => {
    if (isThere()) imported.resolve(undefined);
  };
  const stop = publisher.on('imported', look);
  publisher.pull();
  look();
  await imported.promise;
  stop();
}

function changed(record: BotInstance, round: number): BotInstance {
  return { ...record, spec: { ...record.spec, env: { ...record.spec.env, ROUND: String(round) } } };
}
