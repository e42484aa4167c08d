import type { GitRepository } from '../../git/repository.ts';
import { inSlices } from '../../lib/slices.ts';
import { blameFields, type DocumentBlame, type DocumentVersion } from './blame-fields.ts';

/** Versions of a document that are looked at; what did not change within them is told as that old or older. */
export const MOST_VERSIONS = 500;
/** Documents whose blame is kept. */
const KEPT = 500;

type Source = Pick<GitRepository, 'fileVersions' | 'isAncestor'>;

/** Blame of documents, each kept with the version that it is about: a new version costs what it changes. */
export interface Blames {
  /** `newest`: the commit that changed the document last, as far as that is known. */
  of(head: string, path: string, newest?: string): Promise<DocumentBlame>;
}

interface Kept {
  readonly newest: string;
  readonly blame: DocumentBlame;
}

/** `read` gives the value of a document, undefined where it can't be read. */
export function createBlames(
  repository: Source,
  read: (bytes: Uint8Array, path: string) => object | undefined,
): Blames {
  const kept = new Map<string, Kept>();
  return {
    of: async (head, path, newest) => {
      const known = kept.get(path);
      if (known !== undefined && newest === known.newest) return known.blame;
      const isBehind = known !== undefined && (await repository.isAncestor(known.newest, head));
      const since = isBehind ? known.newest : undefined;
      const { versions, isWhole } = await repository.fileVersions(head, path, { most: MOST_VERSIONS, since });
      const isCut = since !== undefined && versions.length === MOST_VERSIONS;
      const blame = await blameFields(
        readAll(versions, (bytes) => read(bytes, path)),
        {
          isWhole,
          ...(isBehind && !isCut ? { known: known.blame } : {}),
        },
      );
      const last = versions[0]?.commit ?? since;
      kept.delete(path);
      if (last !== undefined) kept.set(path, { newest: last, blame });
      for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
      return blame;
    },
  };
}

async function* readAll(
  versions: readonly { readonly commit: string; readonly bytes: Uint8Array | null }[],
  read: (bytes: Uint8Array) => object | undefined,
): AsyncGenerator<DocumentVersion> {
  for await (const { commit, bytes } of inSlices(versions)) {
    yield { commit, value: bytes === null ? null : read(bytes) };
  }
}
