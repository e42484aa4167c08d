import { setImmediate as nextTurn } from 'node:timers/promises';
import { manifestPath, recordPath } from '../../../constructs/repo/paths.ts';
import { keysInUse, renderUnit, type Repo } from '../../../constructs/repo/index.ts';
import { isOrMayBeSecret } from '../../../constructs/repo/secret-text.ts';
import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import { manifestValue } from '../../../constructs/schema/yaml/parse-document.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import { renderYaml } from '../../../constructs/yaml.ts';
import type { Manifest, Manifests } from '../../http/schemas/answers.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { ObservedObject, ObservedUnit } from '../../reconcile/status/observed.ts';
import type { AppContext } from '../app-context.ts';
import { concealSecret } from './conceal-patch.ts';
import { readEditedFleet } from './edited.ts';
import { readShownInstance } from './leaving.ts';
import { liveRevisionOf } from './live-revision.ts';

interface MainFile {
  readonly file: string;
  readonly text: string;
  /** The text without keys that somebody put there in clear text. */
  readonly shown: string;
  readonly kind: string;
  readonly name: string;
}

/** Every object of a bot on main, as its draft renders it, and live. Throws `not_found`. */
export async function getManifests(context: AppContext, id: string): Promise<Manifests> {
  const { row, record, drafts } = readShownInstance(context, id);
  const { name } = row;
  const { repository, snapshots, cluster } = context;
  const { commit, repo } = await snapshots.at(await repository.head());
  const main = await mainFiles(repo, name, await textsOf(repository, commit, repo, name));
  const draft =
    drafts.length === 0 ? undefined : renderDraft(repo, record, readEditedFleet(context.store.reader).fleet);
  const live = cluster.observed.unit(name);
  return {
    revision: row.renderedCommit,
    live_revision: liveRevisionOf(
      row.renderedCommit,
      live,
      live !== undefined && context.freshness.isCurrent(name, live.commit),
      cluster.observed.connection(),
    ),
    observed_at: cluster.observed.connection().lastSeen,
    objects: [...main.map((file) => describe(file, draft?.get(file.file), live)), ...extraObjects(main, live)],
  };
}

interface PathText {
  readonly path: string;
  readonly text: string;
}

/** The unit's folder under dist/, in the order of its paths. */
async function textsOf(
  repository: GitRepository,
  commit: string | null,
  repo: Repo,
  name: string,
): Promise<readonly PathText[]> {
  const paths = [...(repo.dist.get(name)?.keys() ?? [])].map((file) => manifestPath(name, file)).sort();
  if (commit === null || paths.length === 0) return [];
  const found = await repository.readSome(commit, paths);
  return [...found].map(([path, bytes]) => ({ path, text: Buffer.from(bytes).toString('utf8') }));
}

/** What lies in dist/ and the sealed keys in use, in the order of their paths. */
async function mainFiles(repo: Repo, name: string, rendered: readonly PathText[]): Promise<MainFile[]> {
  const keys = keysInUse(repo, name).flatMap(({ scope, name: key }) => repo.keys.get(`${scope}/${key}`) ?? []);
  const texts = [...rendered, ...keys];
  const files: MainFile[] = [];
  for (const { path, text } of texts) {
    files.push(mainFile(path, text));
    // Each may be as large as a file can be: others get their turn between two.
    await nextTurn();
  }
  return files;
}

function mainFile(file: string, text: string): MainFile {
  // A file that was edited by hand may be anything.
  const object = manifestValue(text);
  const { kind = 'Unknown', metadata } = (object ?? {}) as { kind?: string; metadata?: { name?: string } };
  const shown = isOrMayBeSecret(text, object) ? concealSecret(text) : maskLeaks(text);
  return { file, text, shown, kind, name: metadata?.name ?? file };
}

/** Text by path, or undefined while the draft can't be rendered. */
function renderDraft(repo: Repo, record: BotInstance, fleet: Fleet): ReadonlyMap<string, string> | undefined {
  const { name } = record.metadata;
  const entry = { record, path: recordPath(name), text: '' };
  const rendered = renderUnit({ ...repo, fleet, records: new Map([...repo.records, [name, entry]]) }, name);
  return rendered.ok ? rendered.files : undefined;
}

function describe(file: MainFile, draft: string | undefined, live: ObservedUnit | undefined): Manifest {
  const found = live?.objects.find(({ kind, name }) => kind === file.kind && name === file.name);
  return {
    kind: file.kind,
    name: file.name,
    file: file.file,
    main: file.shown,
    draft: draft === undefined || draft === file.text ? null : draft,
    live: found === undefined || found.live === null ? null : renderYaml(found.live),
    diff:
      found?.drift.map(({ field, main, live: value, managers, changedAt }) => ({
        ...{ field, main, live: value },
        managers: [...managers],
        changed_at: changedAt,
      })) ?? [],
    state: stateOf(found),
    health: found?.health ?? '',
  };
}

function stateOf(found: ObservedObject | undefined): Manifest['state'] {
  if (found === undefined) return 'unknown';
  if (found.live === null) return 'missing';
  return found.drift.length === 0 ? 'in_sync' : 'differs';
}

/** Live objects of the bot that main does not have. */
function extraObjects(main: readonly MainFile[], live: ObservedUnit | undefined): Manifest[] {
  return (live?.objects ?? []).flatMap(({ kind, name, live: object, health }) => {
    if (object === null || main.some((file) => file.kind === kind && file.name === name)) return [];
    const empty = { file: null, main: null, draft: null, diff: [], state: 'extra' as const };
    return [{ kind, name, ...empty, live: renderYaml(object), health }];
  });
}
