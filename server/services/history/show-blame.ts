import type { Blame } from '../../http/schemas/history.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { getFleet } from '../../store/fleet.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedInstance } from '../instances/edited.ts';
import { apiFieldOf } from '../instances/fields.ts';
import { createRecordBlames, type RecordBlames } from './blame.ts';
import { MOST_VERSIONS } from './blame-document.ts';
import { broughtBy } from './brought-by.ts';

/** One for each repository, as long as somebody uses it. */
const readers = new WeakMap<AppContext['repository'], RecordBlames>();

/** Who set which field of a bot, as main has it. Throws `not_found`. */
export async function getBlame(context: AppContext, id: string): Promise<Blame> {
  const { repository, store, snapshots } = context;
  const { row } = readEditedInstance(store.reader, id);
  const head = await repository.head();
  let blames = readers.get(repository);
  if (blames === undefined) readers.set(repository, (blames = createRecordBlames(repository)));
  const newest = { record: row.commit ?? undefined, fleet: getFleet(store.reader)?.commit };
  const { files } = await snapshots.at(head);
  const blamed = head === null ? null : await blames.of(head, row.name, files.keys(), newest);
  if (blamed === null) {
    throw new ClaworcError(
      'not_found',
      `Main has no record of ${row.name} yet: who set what is known with its commit.`,
      {
        subject: row.name,
        field: 'id',
      },
    );
  }
  const { fields, commits } = blamed;
  const brought = await broughtBy(context, commits);
  return {
    head: head ?? '',
    fields: fields.map((entry) => ({
      ...entry,
      api_field: apiFieldOf(entry.field),
      proposal: brought.get(entry.commit)?.proposal ?? null,
    })),
    detail: fields.some((entry) => entry.or_older)
      ? `Only the newest ${MOST_VERSIONS} versions were looked at, or history is missing here: some values may be older than it says.`
      : '',
  };
}
