import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { getFleet, putFleet, type FleetRow } from '../../store/fleet.ts';
import { listProblems } from '../../store/problems.ts';
import type { Store } from '../../store/open-store.ts';
import type { AppContext } from '../app-context.ts';

export interface FirstLookOptions {
  /** Settles when the publisher has ended, which it does not before this look is over unless it can't go on. */
  readonly publishing: Promise<void>;
  /** Told in words how far the reading is. */
  readonly onProgress?: (words: string) => void;
  /** @default 10_000: when to say that reading takes long */
  readonly longMs?: number;
  /** @default 300_000: when to give up, without any progress meanwhile */
  readonly patienceMs?: number;
}

/** Versions of claworc.yaml that are tried, newest first, for one that is sound. */
const VERSIONS = 50;

/**
 * Waits until the database knows the fleet, without which nothing can be shown. Where claworc.yaml is broken on main, the
 * last sound one of its history takes its place, as for a server that ran all the time. Throws `invalid` with file and
 * line where there is none, `git_unreachable` where main can't be read.
 */
export async function takeFirstLook(
  context: Pick<AppContext, 'store' | 'repository' | 'publisher' | 'log'>,
  { publishing, onProgress = () => undefined, longMs = 10_000, patienceMs = 300_000 }: FirstLookOptions,
): Promise<void> {
  const { store, repository, publisher, log } = context;
  if (getFleet(store.reader) !== undefined) return;
  await firstState(context, { publishing, onProgress, longMs, patienceMs });
  if (getFleet(store.reader) !== undefined) return;
  const state = publisher.state();
  if (state.state === 'unreachable') throw new ClaworcError('git_unreachable', `main can't be read: ${state.detail}`);
  const head = state.head ?? (await repository.head());
  const sound = head === null ? undefined : await lastSoundFleet(repository);
  const problem = state.state === 'too_large' ? state.detail : describeFleetProblem(store);
  if (sound === undefined) throw new ClaworcError('invalid', problem, { subject: FLEET_PATH });
  log.warn('claworc.yaml can not be read on main; the last sound one is used until that is put right', {
    problem,
    commit: sound.commit,
  });
  store.transact((tx) => {
    if (getFleet(tx) === undefined) putFleet(tx, sound);
  });
}

async function firstState(
  { publisher, log }: Pick<AppContext, 'publisher' | 'log'>,
  { publishing, onProgress, longMs, patienceMs }: Required<FirstLookOptions>,
): Promise<void> {
  const first = Promise.withResolvers<undefined>();
  const stops = [
    publisher.on('state', () => first.resolve(undefined)),
    publisher.on('reading', ({ done, of }) => {
      onProgress(`reading main, ${done} of ${of} bots`);
      over.refresh();
    }),
  ];
  const long = setTimeout(() => log.warn('main is still being read'), longMs);
  const over = setTimeout(() => {
    first.reject(new ClaworcError('git_unreachable', `main could not be read within ${patienceMs / 1_000} s`));
  }, patienceMs);
  try {
    await Promise.race([first.promise, publishing]);
  } finally {
    clearTimeout(long);
    clearTimeout(over);
    for (const stop of stops) stop();
  }
}

async function lastSoundFleet(repository: AppContext['repository']): Promise<FleetRow | undefined> {
  for (const { commit } of await repository.log({ path: FLEET_PATH, limit: VERSIONS })) {
    const bytes = await repository.readFile(commit, FLEET_PATH);
    const parsed = bytes === null ? undefined : parseFleet(bytes, FLEET_PATH);
    if (parsed?.ok === true) return { record: parsed.fleet, commit };
  }
  return undefined;
}

function describeFleetProblem(store: Store): string {
  const problems = listProblems(store.reader).filter(
    ({ file, severity }) => file === FLEET_PATH && severity === 'error',
  );
  const [problem] = problems;
  if (problem === undefined) return `${FLEET_PATH} of main could not be read`;
  const { file, line, field, message } = problem;
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${field === '' ? '' : `${field} `}${message}`;
}
