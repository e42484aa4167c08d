import { keyFolder, placeOf } from '../../../constructs/repo/paths.ts';
import { parseSealedFile } from '../../../constructs/repo/sealed-file.ts';
import type { GitRepository } from '../../git/repository.ts';
import { createBlames } from './blame-document.ts';
import type { FieldBlame } from './blame-fields.ts';

/** Who set which key of a bot last. Values are compared as they are sealed, and are in no answer. */
export interface KeyBlames {
  /** The keys that the bot gets at `head`: its own, and the global ones that it does not override. `paths` are all files. */
  of(head: string, name: string, paths: Iterable<string>): Promise<readonly KeyBlame[]>;
}

export interface KeyBlame extends Omit<FieldBlame, 'value'> {
  /** `ANTHROPIC_API_KEY`. */
  readonly key: string;
  readonly file: string;
}

interface Sealed {
  readonly key: string;
  /** The value as it is sealed. New recipients leave it as it is: they set nothing. */
  readonly sealed: string;
}

export function createKeyBlames(repository: Pick<GitRepository, 'fileVersions' | 'isAncestor'>): KeyBlames {
  const blames = createBlames(repository, readSealed);
  return {
    of: async (head, name, paths) => {
      const found = await Promise.all(
        filesInUse(paths, name).map(async (file) => {
          const { value, fields } = await blames.of(head, file);
          const blame = fields.get('sealed');
          return value === null || blame === undefined ? [] : [{ ...blame, ...keyIn(value), file }];
        }),
      );
      return found.flat().map(({ key, file, commit, isOlder }) => ({ key, file, commit, isOlder }));
    },
  };
}

/** Its own file of a key goes before the global one of the same name. */
function filesInUse(paths: Iterable<string>, name: string): readonly string[] {
  const [own, shared] = [keyFolder(name), keyFolder('global')];
  const bySlug = new Map<string, string>();
  for (const path of paths) {
    if (!path.startsWith(own) && !path.startsWith(shared)) continue;
    const place = placeOf(path);
    if (place.kind === 'key' && (place.scope === name || !bySlug.has(place.slug))) bySlug.set(place.slug, path);
  }
  return [...bySlug].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

function readSealed(bytes: Uint8Array, path: string): Sealed | undefined {
  const place = placeOf(path);
  if (place.kind !== 'key') return undefined;
  const parsed = parseSealedFile(bytes, path, place.scope, place.slug);
  return parsed.ok ? { key: parsed.sealed.key, sealed: parsed.sealed.digest } : undefined;
}

/** What `readSealed` gave. */
const keyIn = (value: object): { readonly key: string } => ({ key: 'key' in value ? String(value.key) : '' });
