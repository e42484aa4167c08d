import type { Git } from '../client.ts';

/** A file as a commit left it. */
export interface FileVersion {
  readonly commit: string;
  /** Null where the commit took the file away. */
  readonly bytes: Uint8Array | null;
}

export interface FileVersions {
  /** Newest first. */
  readonly versions: readonly FileVersion[];
  /** False where older history isn't here, as in a shallow clone, or goes on beyond the newest versions that are read. */
  readonly isWhole: boolean;
}

const MOST = 5_000;

export interface VersionsWanted {
  /** So many of the newest. @default 5,000 */
  readonly most?: number;
  /** Only versions of commits that this one does not have; they are whole where nothing between is missing. */
  readonly since?: string | undefined;
}

/** Every version of one file on the line of first parents up to `commit`; `path` is seen from the top of the repository. */
export async function readFileVersions(
  git: Git,
  commit: string,
  path: string,
  { most = MOST, since }: VersionsWanted = {},
): Promise<FileVersions> {
  // In reverse order git says nothing before it has seen all of it, and nothing at all where an object is missing.
  const options = ['--reverse', '--first-parent', `--max-count=${most}`, '--end-of-options'];
  const listed = await git.text(
    ['rev-list', ...options, commit, ...(since === undefined ? [] : [`^${since}`]), '--', `:(literal)${path}`],
    { expect: [0, 128] },
  );
  const commits = listed
    .split('\n')
    .filter((line) => line !== '')
    .reverse();
  if (commits.length === 0) return { versions: [], isWhole: false };
  const input = commits.map((each) => `${each}:${path}\n`).join('');
  const output = await git.catFile(['--batch'], { input });
  const isShallow = (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  return { versions: parseBatch(commits, output), isWhole: !isShallow && commits.length < most };
}

/** Answers of `cat-file --batch`, one a commit and in their order. */
function parseBatch(commits: readonly string[], output: Buffer): FileVersion[] {
  let at = 0;
  return commits.map((commit) => {
    const end = output.indexOf(10, at);
    const [, type, size = '0'] = output.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (type !== 'blob') return { commit, bytes: null };
    const bytes = new Uint8Array(output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
    return { commit, bytes };
  });
}
