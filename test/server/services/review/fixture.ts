import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { readRepo } from '../../../../constructs/repo/read-repo.ts';
import { synthRepo } from '../../../../constructs/repo/synth-repo.ts';
import type { BotInstance, Fleet } from '../../../../constructs/schema/index.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { systemRandom } from '../../../../server/lib/random.ts';
import { sealKey } from '../../../../server/secrets/seal-key.ts';
import { createSnapshots } from '../../../../server/git/read/snapshots.ts';
import { effectBetween } from '../../../../server/services/review/effect-between.ts';
import { AT, embedded, put } from '../../git/fixture.ts';

export const FLEET: Fleet = newFleet({
  recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
});

export const fleetText = (spec: Partial<Fleet['spec']> = {}): string =>
  writeRecord({ ...FLEET, spec: { ...FLEET.spec, ...spec } });

export const recordText = (name: string, spec: Partial<BotInstance['spec']> = {}): string =>
  writeRecord(newRecord({ name, displayName: name, ...spec }, FLEET));

/** A repository whose commits are made of whole sets of sources; dist/ is rendered unless told otherwise. */
export async function reviewHouse() {
  const { repository, folder, bare } = await embedded();
  const snapshots = createSnapshots({ readFiles: (commit) => repository.readContents(commit) });
  let last: ReadonlyMap<string, string> = new Map();
  const commit = async (
    sources: Readonly<Record<string, string>>,
    { renders = true }: { readonly renders?: boolean } = {},
  ): Promise<string> => {
    const files = new Map(Object.entries(sources));
    for (const [path, text] of last) if (path.startsWith('dist/')) files.set(path, text);
    if (renders) {
      const bytes = new Map([...files].map(([path, text]) => [path, Buffer.from(text)]));
      const { changes } = synthRepo(readRepo(bytes), { at: AT, by: 'Ada' });
      for (const [path, text] of changes) {
        if (text === null) files.delete(path);
        else files.set(path, text);
      }
    }
    const changes: Record<string, string | null> = Object.fromEntries(files);
    for (const path of last.keys()) if (!files.has(path)) changes[path] = null;
    last = files;
    return put(repository, changes);
  };
  const between = (base: string | null, head: string) => effectBetween({ repository, snapshots }, base, head);
  return { repository, snapshots, folder, bare, commit, between };
}

/** A sealed key as a file of the repository. */
export const sealedText = (
  scope: string,
  key: string,
  value: string,
  recipients = FLEET.spec.recipients,
): Promise<string> =>
  sealKey({ scope, key, value, recipients, namespace: 'claworc', now: Date.parse(AT), random: systemRandom });
