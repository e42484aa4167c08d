import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unbundleRepository } from '../../git/folder/bundle.ts';
import { refName } from '../../git/refs/ref.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { decryptFile } from '../../secrets/age-file.ts';
import { loadIdentity } from '../../secrets/identity.ts';
import { type BackupManifest, checkFiles, readManifest } from '../../store/backup-manifest.ts';
import { makeDataFolder } from '../../store/data-folder.ts';
import { readMigrations } from '../../store/migrate.ts';
import { takeProcessLock } from '../../store/process-lock.ts';
import { RESTORE_MARK } from '../../store/unfinished-restore.ts';

export interface RestoreOptions {
  readonly from: string;
  readonly data: string;
  /** File with the age identity that opens an encrypted backup. */
  readonly identity?: string;
  /** Moves what lies in the data folder into a folder beside it there, in place of refusing. */
  readonly setAside: boolean;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly manifest: BackupManifest;
  /** Folder with what lay in the data folder before; null where nothing did. */
  readonly setAside: string | null;
}

/** What a data folder is made of; `.backup-…` and the lock are not. */
const CONTENT = /^(claworc\.db.*|age-identity\.txt|fingerprint\.key|instances\.git)$/;

const STAGE = '.restoring';

/**
 * Puts a backup into a data folder. Everything is checked and unpacked before the first thing takes its place; a restore
 * that is stopped leaves a mark for which no server starts, and is run again.
 * Throws `usage` (no backup, a newer one, a data folder in use by something else), `locked` (a server runs), `invalid` (a
 * file was changed), `secrets` (not to be opened with this identity).
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { from, data, say, signal } = options;
  const manifest = await readManifest(from);
  refuseNewer(manifest, from);
  say('checking the backup');
  await checkFiles(from, manifest, signal);
  makeDataFolder(data, { isRestore: true });
  const lock = takeProcessLock(join(data, 'claworc.lock'));
  try {
    const before = (await readdir(data)).filter((name) => CONTENT.test(name));
    const isUnfinished = (await readdir(data)).includes(RESTORE_MARK);
    if (before.length > 0 && !options.setAside && !isUnfinished) {
      throw new ClaworcError(
        'usage',
        `${data} is in use (${before.join(', ')}). Name another folder, or --set-aside, which keeps what is there in a folder of its own.`,
        { subject: data },
      );
    }
    const stage = join(data, STAGE);
    await rm(stage, { recursive: true, force: true });
    await mkdir(stage, { mode: 0o700 });
    say('unpacking');
    try {
      await unpack(options, manifest, stage);
    } catch (error) {
      await rm(stage, { recursive: true, force: true });
      throw error;
    }
    await writeFile(join(data, RESTORE_MARK), '', { mode: 0o600, flush: true });
    const setAside = before.length === 0 ? null : await putAside(options, before);
    for (const name of await readdir(stage)) await rename(join(stage, name), join(data, name));
    await rm(stage, { recursive: true });
    await rm(join(data, RESTORE_MARK));
    return { manifest, setAside };
  } finally {
    lock.release();
  }
}

function refuseNewer({ database, version }: BackupManifest, from: string): void {
  const known = readMigrations().at(-1)?.version ?? 0;
  if (database <= known) return;
  throw new ClaworcError(
    'usage',
    `${from} was made by a newer Claworc (${version}; its database is version ${database}, this program knows ${known}): restore it with that one.`,
    { subject: from },
  );
}

async function unpack({ from, identity, signal }: RestoreOptions, manifest: BackupManifest, stage: string) {
  const opener = manifest.encrypted_for.length === 0 ? null : await openerOf(identity, manifest);
  for (const { name } of manifest.files) {
    const source = join(from, name);
    const target = join(stage, name);
    if (opener !== null) await decryptFile(source, target, opener, signal);
    else await copyFile(source, target);
    await chmod(target, 0o600);
  }
  if (manifest.head === null) return;
  const hasBundle = manifest.files.some(({ name }) => name === 'instances.bundle');
  const bundle = join(stage, 'instances.bundle');
  await unbundleRepository(hasBundle ? bundle : null, join(stage, 'instances.git'), refName(manifest.head), signal);
  await rm(bundle, { force: true });
}

async function openerOf(identity: string | undefined, { encrypted_for }: BackupManifest) {
  if (identity === undefined) {
    throw new ClaworcError(
      'usage',
      `The backup is encrypted for ${encrypted_for.join(', ')}: name the identity that opens it with --identity.`,
    );
  }
  const loaded = await loadIdentity(identity);
  if (loaded.ok) return loaded.identity;
  throw new ClaworcError('usage', loaded.reason, { subject: identity });
}

async function putAside({ data, clock }: RestoreOptions, names: readonly string[]): Promise<string> {
  const folder = join(data, `set-aside-${new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '')}`);
  await mkdir(folder, { mode: 0o700 });
  for (const name of names) await rename(join(data, name), join(folder, name));
  return folder;
}
