import { FLEET_PATH, recordPath } from '../../../constructs/repo/paths.ts';
import { parseFleet, parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { BlamedField } from '../../http/schemas/history.ts';
import { shown } from '../review/field-changes.ts';
import { createBlames, type Blames } from './blame-document.ts';
import { createKeyBlames, type KeyBlame } from './blame-keys.ts';
import type { DocumentBlame, FieldBlame } from './blame-fields.ts';

/** Reads who set the fields of records. */
export interface RecordBlames {
  /**
   * Every field of a bot's record at `head`, of claworc.yaml what the record does not say itself, and the keys that the bot
   * gets. Null where there is no such record. `newest` are the commits that changed the two last, as far as that is known.
   * `paths` are the files at `head`.
   */
  of(
    head: string,
    name: string,
    paths: Iterable<string>,
    newest?: { readonly record: string | undefined; readonly fleet: string | undefined },
  ): Promise<BlamedRecord | null>;
}

export interface BlamedRecord {
  readonly fields: readonly BlamedField[];
  /** The commits that the fields name. */
  readonly commits: readonly LoggedCommit[];
}

/** What a bot inherits from claworc.yaml, by the beginning of its fields there. */
const INHERITED = ['spec.image', 'spec.imagePullSecrets', 'spec.resources.', 'spec.exposure', 'spec.env'];

export function createRecordBlames(
  repository: Pick<GitRepository, 'fileVersions' | 'isAncestor' | 'describe'>,
): RecordBlames {
  const records = createBlames(repository, (bytes, path) => {
    const parsed = parseRecord(bytes, path);
    return parsed.ok ? parsed.record : undefined;
  });
  const fleets: Blames = createBlames(repository, (bytes, path) => {
    const parsed = parseFleet(bytes, path);
    return parsed.ok ? parsed.fleet : undefined;
  });
  const keys = createKeyBlames(repository);
  return {
    of: async (head, name, paths, newest) => {
      const path = recordPath(name);
      const own = await records.of(head, path, newest?.record);
      if (own.value === null) return null;
      const fleet = await fleets.of(head, FLEET_PATH, newest?.fleet);
      const blamed = [...told(own, path), ...inherited(own, fleet), ...(await keys.of(head, name, paths)).map(toldKey)];
      const ids = [...new Set(blamed.map(({ commit }) => commit))];
      const commits = await repository.describe(ids);
      const byId = new Map(commits.map((each) => [each.commit, each]));
      const fields = blamed.flatMap((entry) => {
        const commit = byId.get(entry.commit);
        return commit === undefined ? [] : [fieldOf(entry, commit)];
      });
      return { fields, commits };
    },
  };
}

interface Told extends FieldBlame {
  readonly field: string;
  readonly file: string;
}

function told({ fields }: DocumentBlame, file: string): readonly Told[] {
  // Where a document says what it is, nobody set anything.
  const own = [...fields].filter(([field]) => field.startsWith('spec.') || field.startsWith('metadata.annotations'));
  return own.map(([field, blame]) => ({ field, file, ...blame }));
}

/** Of a key nothing but its name and who set it is told. */
function toldKey({ key, ...blame }: KeyBlame): Told {
  return { field: `keys.${key}`, value: 'sealed', ...blame };
}

function inherited(own: DocumentBlame, fleet: DocumentBlame): readonly Told[] {
  return told(fleet, FLEET_PATH).filter(
    ({ field }) => INHERITED.some((start) => field.startsWith(start)) && !own.fields.has(field),
  );
}

function fieldOf({ field, file, value, isOlder }: Told, { commit, subject, author, at }: LoggedCommit): BlamedField {
  return {
    field: maskLeaks(field),
    value: shown(value),
    file,
    commit,
    message: maskLeaks(subject),
    author: author.name,
    at,
    or_older: isOlder,
  };
}
