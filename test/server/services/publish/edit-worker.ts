/**
 * A process that makes edits and publishes them until it is killed. Usage: node edit-worker.ts <data folder>.
 * Prints `ready`, then `saved <edit id>` for every edit that `submit` has returned from.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import type { BotInstance } from '../../../../constructs/schema/index.ts';
import { openRepository } from '../../../../server/git/repository.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createPublisher } from '../../../../server/services/publish/create-publisher.ts';
import type { DocumentChange } from '../../../../server/store/edit.ts';
import { listInstances } from '../../../../server/store/instances.ts';
import { openStore } from '../../../../server/store/open-store.ts';
import { listOpenEdits } from '../../../../server/store/outbox.ts';

const [folder = ''] = process.argv.slice(2);
const store = openStore({
  file: join(folder, 'claworc.db'),
  lockFile: join(folder, 'claworc.lock'),
  log: silentLog,
});
const repository = await openRepository({ folder: join(folder, 'instances.git'), log: silentLog, keepsGit: true });
const snapshots = createSnapshots(repository);
const publisher = createPublisher({ store, repository, snapshots, log: silentLog, clock: systemClock });
void publisher.run(new AbortController().signal);
writeSync(1, 'ready\n');

const fleet = newFleet({ recipients: [] });

/** Different fields of few bots, so that edits meet each other and the pushes; now and then a bot comes or goes. */
function nextChange(): DocumentChange {
  const settled = listInstances(store.reader).filter(
    ({ name, record }) => record !== null && listOpenEdits(store.reader, name).length === 0,
  );
  const all = listInstances(store.reader).flatMap(({ record }) => (record === null ? [] : [record]));
  const dice = randomInt(10);
  const victim = settled.at(-1)?.record;
  if (dice === 0 && victim && all.length > 3)
    return { kind: 'BotInstance', name: victim.metadata.name, base: victim, next: null };
  const base = all[randomInt(Math.max(all.length, 1))];
  if (dice === 1 || base === undefined) {
    const name = `bot-${randomUUID()}`;
    return { kind: 'BotInstance', name, base: null, next: newRecord({ name, displayName: name }, fleet) };
  }
  return { kind: 'BotInstance', name: base.metadata.name, base, next: { ...base, spec: edited(base.spec) } };
}

function edited(spec: BotInstance['spec']): BotInstance['spec'] {
  const value = randomUUID();
  const field = randomInt(4);
  if (field === 0) return { ...spec, displayName: value };
  if (field === 1) return { ...spec, image: `example.com/bot:${value}` };
  return { ...spec, env: { ...spec.env, [`VAR_${field}`]: value } };
}

for (;;) {
  const id = randomUUID();
  const at = new Date().toISOString();
  const author = { name: 'Worker', email: 'worker@example.com' };
  publisher.submit({ id, at, author, message: `Edit ${id}`, changes: [nextChange()] });
  writeSync(1, `saved ${id}\n`);
  if (randomInt(3) === 0) await publisher.settled(id, 1_000);
  else await delay(randomInt(20));
}
