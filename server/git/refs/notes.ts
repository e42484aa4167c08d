import type { Git } from '../client.ts';
import { readObjects } from '../signing/read-commits.ts';
import { refName } from './ref.ts';
import type { RefMove } from './ref-moves.ts';

/** Short texts that a repository keeps beside its commits, each by a ref that no clone shows. */
export interface Notes {
  /** Those of a kind, by name. */
  list(kind: string): Promise<ReadonlyMap<string, string>>;
  /** Puts a text in the place of what stands there; false where somebody else did meanwhile. */
  put(kind: string, name: string, text: string): Promise<boolean>;
}

export function createNotes(git: Git, moveRefs: (moves: readonly RefMove[]) => Promise<boolean>): Notes {
  return {
    list: async (kind) => {
      const folder = `${refName(`refs/claworc/${kind}`)}/`;
      const listed = await git.text(['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', folder]);
      const named = listed.split('\n').flatMap((line): [string, string][] => {
        const [id = '', type, ref = ''] = line.split(' ');
        return type === 'blob' ? [[ref.slice(folder.length), id]] : [];
      });
      const objects = await readObjects(
        git,
        named.map(([, id]) => id),
      );
      return new Map(named.map(([name], index) => [name, objects[index]?.bytes.toString('utf8') ?? '']));
    },
    put: async (kind, name, text) => {
      const ref = refName(`refs/claworc/${kind}/${name}`);
      const before = (await git.text(['rev-parse', '--verify', '--quiet', ref], { expect: [0, 1] })).trim();
      const to = (await git.text(['hash-object', '-w', '--stdin'], { input: text })).trim();
      return before === to || moveRefs([{ ref, from: before === '' ? null : before, to }]);
    },
  };
}
