import { newFleet } from '../../../constructs/new-documents.ts';
import { FLEET_PATH, readRepo, recordPath, synthRepo } from '../../../constructs/repo/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import type { GitRepository } from '../../git/repository.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { renderSopsConfig } from '../../secrets/sops-config.ts';

export interface SeedOptions {
  readonly repository: GitRepository;
  /** age recipients that API keys will be sealed for. */
  readonly recipients: readonly string[];
  readonly namespace?: string;
  /** Records to begin with: text by instance name. */
  readonly records: ReadonlyMap<string, string>;
  readonly author: { readonly name: string; readonly email: string };
  readonly clock: Clock;
}

/** A checkout on Windows has the bytes that were committed, too: what is rendered is compared to the byte. */
const LINE_ENDS = '* text=auto eol=lf\n';

/**
 * The first commit of an empty repository: claworc.yaml, the records and what they render to. Gives the commit, or null
 * when the repository has one already. Throws `invalid` for records that are broken.
 */
export async function seedRepository(options: SeedOptions): Promise<string | null> {
  const { repository, recipients, namespace, records, author, clock } = options;
  if ((await repository.head()) !== null) return null;
  const at = isoSeconds(clock);
  const fleet = newFleet({ recipients, ...(namespace === undefined ? {} : { namespace }) });
  const texts = new Map<string, string>([[FLEET_PATH, writeRecord(fleet)]]);
  for (const [name, text] of records) texts.set(recordPath(name), text);
  texts.set('.gitattributes', LINE_ENDS);
  if (recipients.length > 0) texts.set('.sops.yaml', renderSopsConfig(recipients));
  const files = new Map([...texts].map(([path, text]) => [path, Buffer.from(text)]));
  const { changes, problems } = synthRepo(readRepo(files), { at, by: author.name });
  const [problem] = problems;
  if (problem !== undefined) throw new ClaworcError('invalid', `${problem.file}: ${problem.message}`);
  const message = records.size === 0 ? 'Start the fleet\n' : `Start the fleet with ${records.size} examples\n`;
  const result = await repository.commit({
    parent: null,
    changes: new Map([...texts, ...changes]),
    message,
    author,
    at,
  });
  return result.ok ? result.commit : null;
}
