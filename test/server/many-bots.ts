import { newFleet, newRecord } from '../../constructs/new-documents.ts';
import { writeRecord } from '../../constructs/schema/write-record.ts';
import { initRepository } from '../../server/git/folder/init-repository.ts';
import { openRepository } from '../../server/git/repository.ts';
import { silentLog } from '../../server/lib/log.ts';
import { seedRepository } from '../../server/services/commands/seed-repository.ts';

/** Makes a bare instances repo with so many bots in `folder`, which no database knows yet. */
export async function makeManyBots(folder: string, count: number): Promise<void> {
  await initRepository(folder);
  const fleet = newFleet({ recipients: [] });
  const names = Array.from({ length: count }, (_, index) => `bot-${index}`);
  const records = new Map(names.map((name) => [name, writeRecord(newRecord({ name, displayName: name }, fleet))]));
  await seedRepository({
    repository: await openRepository({ folder, log: silentLog }),
    recipients: [],
    records,
    author: { name: 'ann', email: 'ann@example.com' },
    clock: { now: () => 0 },
  });
}
