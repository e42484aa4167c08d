import { chmod, constants, copyFile, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleRepository } from '../../git/folder/bundle.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { encryptFile } from '../../secrets/age-file.ts';
import { backUpDatabase } from '../../store/backup.ts';
import {
  type BackupFile,
  type BackupFileName,
  type BackupManifest,
  describeFile,
  MANIFEST,
  writeManifest,
} from '../../store/backup-manifest.ts';

export interface BackUpOptions {
  readonly data: string;
  /** Folder to make, or an empty one. */
  readonly to: string;
  /** Where the identity lies, if not in the data folder. */
  readonly identity?: string;
  /** age recipients that every file is encrypted for; none: the files lie open, readable by their owner only. */
  readonly recipients: readonly string[];
  /** Of the program. */
  readonly version: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Copies what the data folder holds and no remote does, while a server goes on working in it: database, identity, key of
 * the fingerprints, repository. A backup that was stopped has no manifest, and is none.
 * Throws `usage` for a folder that isn't empty or no data folder, `database` for a damaged database.
 */
export async function backUp(options: BackUpOptions): Promise<BackupManifest> {
  const { data, to, recipients, version, clock, say, signal } = options;
  const database = join(data, 'claworc.db');
  if (!(await isThere(database))) {
    throw new ClaworcError('usage', `${data} is no data folder: there is no database in it.`, { subject: data });
  }
  const folder = await emptyFolder(to);
  // Open copies lie where the originals do, and nowhere else where the backup is to be encrypted.
  const stage = await mkdtemp(join(data, '.backup-'));
  try {
    const files: BackupFile[] = [];
    const keep = async (name: BackupFileName, from = join(stage, name)): Promise<void> => {
      const target = join(folder, name);
      if (recipients.length > 0) await encryptFile(from, target, recipients, signal);
      else await copyPrivate(from, target);
      files.push(await describeFile(target, name, signal));
    };
    say('copying the database');
    const databaseVersion = await backUpDatabase(database, join(stage, 'claworc.db'), signal);
    await keep('claworc.db');
    const identity = options.identity ?? join(data, 'age-identity.txt');
    if (await isThere(identity)) await keep('age-identity.txt', identity);
    const fingerprint = join(data, 'fingerprint.key');
    if (await isThere(fingerprint)) await keep('fingerprint.key', fingerprint);
    const repository = join(data, 'instances.git');
    let head: string | null = null;
    if (await isThere(repository)) {
      // After the database: a commit that the database tells of has to be in the repository.
      say('copying the repository');
      const bundled = await bundleRepository(repository, join(stage, 'instances.bundle'), signal);
      head = bundled.head;
      if (bundled.hasFile) await keep('instances.bundle');
    }
    const made_at = new Date(clock.now()).toISOString();
    return await writeManifest(folder, {
      version,
      made_at,
      database: databaseVersion,
      head,
      encrypted_for: [...recipients],
      files,
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function emptyFolder(to: string): Promise<string> {
  const folder = resolve(to);
  try {
    makeFolder(folder, 0o700);
    const [first] = await readdir(folder);
    if (first === undefined) return folder;
    const what = first === MANIFEST ? 'holds a backup already' : `is not empty: there is ${first}`;
    throw new ClaworcError('usage', `${folder} ${what}. Name a new folder.`, { subject: folder });
  } catch (cause) {
    if (cause instanceof ClaworcError) throw cause;
    throw new ClaworcError('usage', `The folder ${folder} can't be made: ${messageOf(cause)}.`, {
      subject: folder,
      cause,
    });
  }
}

async function copyPrivate(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  await chmod(to, 0o600);
  const handle = await open(to, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
