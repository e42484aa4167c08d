import { join } from 'node:path';
import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { openRepository, type RepositoryChoice } from '../../git/repository.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { openBeside } from '../../store/open-beside.ts';
import { listPinnedRecipients } from '../../store/pinned-recipients.ts';
import { pinAccepted } from '../keys/accept-recipients.ts';
import { describeChange } from '../keys/recipients.ts';
import { localAuthor } from './local-author.ts';

export interface RecipientsOptions {
  readonly data: string;
  readonly repo: string;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  /** Each recipient that nobody accepted yet, as a person typed it; `all`: those that main names, unseen; null: only look. */
  readonly accept: readonly string[] | 'all' | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RecipientStanding {
  readonly recipient: string;
  /** By claworc.yaml on main. */
  readonly named: boolean;
  readonly accepted: boolean;
}

export interface RecipientsResult {
  readonly recipients: readonly RecipientStanding[];
  /** What waits for a person, in words; null where nothing does. */
  readonly change: string | null;
}

/**
 * `claworc recipients`: whom API keys are sealed for, as the data folder knows it beside what main names now; with
 * `accept` those of main from now on. Works while a server runs. Throws `conflict` where other recipients were typed
 * than those that are new, `invalid` for a broken claworc.yaml.
 */
export async function settleRecipients(options: RecipientsOptions): Promise<RecipientsResult> {
  const { data, accept } = options;
  const named = await namedOnMain(options);
  using store = openBeside(join(data, 'claworc.db'));
  const pinned = store === null ? [] : listPinnedRecipients(store.reader);
  if (accept === null) return resultOf(named, pinned);
  if (store === null || pinned.length === 0) {
    throw new ClaworcError('conflict', `Nothing was accepted: ${FIRST_USE}.`, { subject: data });
  }
  checkTyped(named, pinned, accept);
  store.transact((tx) => pinAccepted(tx, { recipients: named, clock: options.clock, actor: localAuthor().name }));
  return resultOf(named, named);
}

const FIRST_USE = `no server has read ${FLEET_PATH} with this data folder yet, and the first one that does accepts whom it names`;

function checkTyped(named: readonly string[], pinned: readonly string[], typed: readonly string[] | 'all'): void {
  if (named.length === 0) {
    throw new ClaworcError('conflict', `Nothing was accepted: ${FLEET_PATH} on main names nobody.`);
  }
  if (typed === 'all') return;
  const added = named.filter((recipient) => !pinned.includes(recipient));
  if (added.toSorted().join() === [...new Set(typed)].toSorted().join()) return;
  throw new ClaworcError(
    'conflict',
    added.length === 0
      ? `Nothing was accepted: ${FLEET_PATH} on main names nobody new. Say --yes to go on without those that it no longer names.`
      : `Nothing was accepted: new in ${FLEET_PATH} on main ${added.length === 1 ? 'is' : 'are'} ${added.join(', ')}. Compare with what its owner told you, and give exactly that to --accept.`,
  );
}

function resultOf(named: readonly string[], pinned: readonly string[]): RecipientsResult {
  const accepted = pinned.length === 0 ? named : pinned;
  const all = [...new Set([...named, ...accepted])];
  const recipients = all.map((recipient) => {
    return { recipient, named: named.includes(recipient), accepted: accepted.includes(recipient) };
  });
  return { recipients, change: describeChange({ named, accepted }) };
}

async function namedOnMain({ repo, from, log }: RecipientsOptions): Promise<readonly string[]> {
  const repository = await openRepository({ folder: repo, log, ...from });
  const head = await repository.head();
  const bytes = head === null ? null : await repository.readFile(head, FLEET_PATH);
  if (bytes === null) {
    throw new ClaworcError('git_refused', `${repo} has no ${FLEET_PATH} on main.`, { subject: repo });
  }
  const parsed = parseFleet(bytes, FLEET_PATH);
  if (parsed.ok) return parsed.fleet.spec.recipients;
  const [problem] = parsed.problems;
  const place = problem?.line === undefined ? FLEET_PATH : `${FLEET_PATH}:${problem.line}`;
  throw new ClaworcError('invalid', `${place}: ${problem?.message ?? 'it can not be read'}`, { subject: FLEET_PATH });
}
