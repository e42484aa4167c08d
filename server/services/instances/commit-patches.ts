import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import { mayHoldSecret, namesSecret } from '../../../constructs/repo/secret-text.ts';
import { concealPatch, mayHideSecret } from './conceal-patch.ts';
import type { AppContext } from '../app-context.ts';

type Repository = Pick<AppContext['repository'], 'patches' | 'readSome'>;
type FilePatch = Change['files'][number];

/** Of all kept patches together, in characters. Commits do not change: a page that is looked at again costs nothing. */
const KEPT_LENGTH = 4 * 1024 * 1024;
/** Of one answer together, in characters. */
const SHOWN_LENGTH = 2 * 1024 * 1024;
const patches = new Map<string, string | null>();
let kept = 0;

/**
 * The files that are named in `commits`, each with its unified diff as people may see it, commit by commit. A diff is null
 * where it alone is too large, or where the ones before it make up an answer already.
 */
export async function readFilePatches(
  repository: Repository,
  commits: readonly LoggedCommit[],
): Promise<readonly FilePatch[][]> {
  const isMissing = (commit: LoggedCommit): boolean =>
    commit.files.some(({ path }) => !patches.has(keyOf(commit, path)));
  const missing = commits.filter(isMissing);
  const paths = new Set(missing.flatMap(({ files }) => files.map(({ path }) => path)));
  const texts = await askGit(repository, missing, [...paths]);
  let room = SHOWN_LENGTH;
  const shown: FilePatch[][] = [];
  for (const commit of commits) {
    const read = await concealed(repository, commit, texts);
    shown.push(
      read.map(({ path, patch }) => {
        room -= patch?.length ?? 0;
        return { path, patch: room < 0 ? null : patch };
      }),
    );
  }
  return shown;
}

const keyOf = ({ commit }: Pick<LoggedCommit, 'commit'>, path: string): string => `${commit} ${path}`;

async function concealed(
  repository: Repository,
  commit: LoggedCommit,
  texts: ReadonlyMap<string, string>,
): Promise<FilePatch[]> {
  const fresh = commit.files.map(({ path }) => path).filter((path) => !patches.has(keyOf(commit, path)));
  const secrets = await secretsAmong(repository, commit, fresh, texts);
  const shown: FilePatch[] = [];
  for (const { path } of commit.files) {
    const key = keyOf(commit, path);
    let patch = patches.get(key);
    if (patch === undefined) {
      const text = texts.get(key);
      patch = text === undefined ? null : concealPatch(path, text, secrets.has(path));
      keep(key, patch);
      // Each may be as large as a file can be: others get their turn between two.
      await nextTurn();
    }
    shown.push({ path, patch });
  }
  return shown;
}

/** Diffs as git makes them; what is too large for one answer is asked for in parts, and what is by itself is left out. */
async function askGit(
  repository: Repository,
  commits: readonly LoggedCommit[],
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map();
  try {
    const texts = await repository.patches(
      commits.map(({ commit }) => commit),
      paths,
    );
    const found = new Map<string, string>();
    for (const commit of commits) {
      const parts = partsByPath(texts.get(commit.commit) ?? '');
      // A file whose name git has to quote has no part of its own, and one whose mode alone changed an empty one.
      for (const { path } of commit.files)
        if (paths.includes(path)) found.set(keyOf(commit, path), parts.get(path) ?? '');
    }
    return found;
  } catch (error) {
    if (!(error instanceof ClaworcError) || error.code !== 'too_large') throw error;
    if (commits.length === 1 && paths.length === 1) return new Map();
    const [first, second] =
      commits.length > 1
        ? inHalves(commits).map((half) => askGit(repository, half, paths))
        : inHalves(paths).map((half) => askGit(repository, commits, half));
    return new Map([...((await first) ?? []), ...((await second) ?? [])]);
  }
}

function inHalves<Item>(items: readonly Item[]): readonly Item[][] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

/** The parts of a patch; a line of a file's content has a sign in front, so that none can look like the head of another. */
function partsByPath(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/(?<![^\n])(?=diff --git )/);
  return new Map(
    parts.flatMap((part) => {
      const names = part.startsWith('diff --git a/') ? part.slice('diff --git a/'.length, part.indexOf('\n')) : '';
      // `<path> b/<path>`
      const path = names.slice(0, (names.length - ' b/'.length) / 2);
      return path !== '' && names === `${path} b/${path}` ? [[path, part] as const] : [];
    }),
  );
}

function keep(key: string, patch: string | null): void {
  if (patches.has(key)) return;
  patches.set(key, patch);
  kept += key.length + (patch?.length ?? 0);
  for (const [oldest, their] of patches) {
    if (kept <= KEPT_LENGTH) return;
    patches.delete(oldest);
    kept -= oldest.length + (their?.length ?? 0);
  }
}

/** Files that are a Secret, before or after. Nobody puts one under dist/ but somebody who doesn't know better. */
async function secretsAmong(
  repository: Repository,
  commit: LoggedCommit,
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const patchOf = (path: string): string => texts.get(keyOf(commit, path)) ?? '';
  const isNamed = (path: string): boolean => path.startsWith('secrets/') || namesSecret(patchOf(path));
  const secrets = new Set(paths.filter(isNamed));
  const doubtful = paths.filter(
    (path) => !secrets.has(path) && path.startsWith('dist/') && mayHideSecret(patchOf(path)),
  );
  if (doubtful.length === 0) return secrets;
  for (const side of [commit.commit, ...commit.parents.slice(0, 1)]) {
    for (const [path, bytes] of await repository.readSome(side, doubtful)) {
      if (mayHoldSecret(Buffer.from(bytes).toString('utf8'))) secrets.add(path);
    }
  }
  return secrets;
}
