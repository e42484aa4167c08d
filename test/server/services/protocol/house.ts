import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newRecord } from '../../../../constructs/new-documents.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import type { Failpoint } from '../../../../server/lib/failpoint.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { systemRandom } from '../../../../server/lib/random.ts';
import { clusterConnector } from '../../../../server/services/cluster/connect.ts';
import { openContext, type OpenedContext } from '../../../../server/services/open-app-context.ts';
import type { DocumentChange } from '../../../../server/store/edit.ts';
import { getFleet } from '../../../../server/store/fleet.ts';
import { git } from '../../../support/person-git.ts';
import { forgeChoice } from './forge-beside.ts';

/** Where main is: in the data folder, on a remote beside it, or on one that lies on a forge. */
export type Mode = 'embedded' | 'remote' | 'forge';

/** The folders of one server. What is in them can be copied elsewhere, and is another server's then. */
export interface Places {
  readonly folder: string;
  readonly mode: Mode;
  readonly data: string;
  readonly database: string;
  /** The repository in the data folder. */
  readonly own: string;
  /** The repository whose main counts. */
  readonly truth: string;
  /** What a server pushed to the remote: `old new ref`, a line each. */
  readonly pushes: string;
  readonly url: string | null;
}

export function placesIn(folder: string, mode: Mode, url: string | null = null): Places {
  const data = join(folder, 'data');
  const own = join(data, 'instances.git');
  const truth = mode === 'embedded' ? own : join(folder, 'remote.git');
  return {
    folder,
    mode,
    data,
    database: join(data, 'claworc.db'),
    own,
    truth,
    pushes: join(folder, 'pushes'),
    url: mode === 'embedded' ? null : (url ?? truth),
  };
}

/** Opens the data folder as `claworc start` does, without a cluster and without listening. */
export function openServer(places: Places, failpoint?: Failpoint): Promise<OpenedContext> {
  const { data, url } = places;
  const none = {
    credentials: undefined,
    credentialHelper: undefined,
    sshKey: undefined,
    knownHosts: undefined,
    caFile: undefined,
  };
  return openContext({
    data,
    ...(url === null ? {} : { remote: { url, branch: 'main', access: none, environment: {} } }),
    ...(places.mode === 'forge' ? { forge: forgeChoice(places) } : {}),
    withExamples: false,
    connectCluster: clusterConnector({ env: {} }),
    author: { name: 'Ada', email: 'ada@example.com' },
    log: silentLog,
    clock: systemClock,
    random: systemRandom,
    version: '0.0.0-test',
    ...(failpoint === undefined ? {} : { failpoint }),
  });
}

/** Lets a repository write down what is pushed to it, in the file `pushes` beside it. */
export function notePushes(repository: string, pushes: string): void {
  const hook = join(repository, 'hooks', 'post-receive');
  mkdirSync(dirname(hook), { recursive: true });
  // Beside the repository, wherever that is copied to.
  writeFileSync(hook, '#!/bin/sh\ncat >> "$(pwd)/../pushes"\n');
  chmodSync(hook, 0o755);
  writeFileSync(pushes, '');
}

/** Makes a server with some bots on main, and ends it. */
export async function furnish(places: Places, bots: readonly string[]): Promise<void> {
  const { folder, mode, truth, pushes } = places;
  if (mode !== 'embedded' && !existsSync(truth)) {
    git(folder, 'init', '-q', '--bare', '-b', 'main', truth);
    notePushes(truth, pushes);
  }
  await using context = await openServer(places);
  const { store, publisher } = context;
  const fleet = getFleet(store.reader)?.record;
  if (fleet === undefined) throw new Error('The fleet is not in the database.');
  const changes = bots.map((name): DocumentChange => {
    return { kind: 'BotInstance', name, base: null, next: newRecord({ name, displayName: name }, fleet) };
  });
  const id = randomUUID();
  publisher.submit({ id, at: new Date().toISOString(), author: context.author, message: 'Bots', changes });
  const settled = await publisher.settled(id, 60_000);
  if (settled.state !== 'published') throw new Error(JSON.stringify(settled));
}
