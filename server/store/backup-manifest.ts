import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { ClaworcError } from '../lib/errors.ts';
import { checkPlainFile, readSmallFile } from '../lib/small-file.ts';

const FORMAT = 'claworc-backup/1';

export const MANIFEST = 'manifest.json';

/** What a backup may hold; each is restored under the same name in the data folder, the bundle as a repository. */
const FileName = Type.Union([
  Type.Literal('claworc.db'),
  Type.Literal('age-identity.txt'),
  Type.Literal('fingerprint.key'),
  Type.Literal('instances.bundle'),
]);

const BackupFile = Type.Object({
  name: FileName,
  /** Of the file as it lies there, encrypted or not. */
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

const ManifestSchema = Type.Object({
  format: Type.Literal(FORMAT),
  /** The program that made it. */
  version: Type.String(),
  made_at: Type.String(),
  /** user_version of the database. */
  database: Type.Integer({ minimum: 0 }),
  /** Branch that HEAD of the repository names; null where the repository lies elsewhere and isn't part of the backup. */
  head: Type.Union([Type.String(), Type.Null()]),
  /** age recipients; empty where the files lie open. */
  encrypted_for: Type.Array(Type.String()),
  files: Type.Array(BackupFile),
});

export type BackupManifest = Static<typeof ManifestSchema>;
export type BackupFile = Static<typeof BackupFile>;

export type BackupFileName = Static<typeof FileName>;

/** Size and digest of a file, read as a stream. */
export async function describeFile(file: string, name: BackupFileName, signal: AbortSignal): Promise<BackupFile> {
  checkPlainFile(file, { most: Infinity });
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return { name, bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

/** A folder is a backup from the moment on in which this is there. */
export async function writeManifest(folder: string, content: Omit<BackupManifest, 'format'>): Promise<BackupManifest> {
  const manifest: BackupManifest = { format: FORMAT, ...content };
  const partial = join(folder, `.${MANIFEST}.partial`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, join(folder, MANIFEST));
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
  return manifest;
}

/** Throws `usage` for a folder that is no backup, a backup of a newer form, and one that was never finished. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const file = join(folder, MANIFEST);
  const bytes = await readSmallFile(file).catch((cause: unknown) => {
    throw new ClaworcError('usage', `${folder} is no finished backup: it has no ${MANIFEST}.`, {
      subject: folder,
      cause,
    });
  });
  const manifest = parsed(bytes.toString('utf8'));
  if (Check(ManifestSchema, manifest)) return manifest;
  const format =
    typeof manifest === 'object' && manifest !== null && 'format' in manifest ? manifest.format : undefined;
  const why =
    typeof format === 'string' && format !== FORMAT && format.startsWith('claworc-backup/')
      ? `is of the form ${format}, which a newer Claworc has written: restore it with that one`
      : 'is not the manifest of a backup';
  throw new ClaworcError('usage', `${file} ${why}.`, { subject: file });
}

/** Throws `invalid`, naming the file, unless every file is there with the bytes that the manifest tells. */
export async function checkFiles(folder: string, manifest: BackupManifest, signal: AbortSignal): Promise<void> {
  for (const wanted of manifest.files) {
    const file = join(folder, wanted.name);
    const found = await describeFile(file, wanted.name, signal).catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      throw new ClaworcError('invalid', `${file} is missing or can't be read: the backup is not whole.`, {
        subject: file,
        cause,
      });
    });
    if (found.bytes === wanted.bytes && found.sha256 === wanted.sha256) continue;
    throw new ClaworcError('invalid', `${file} is not the file that was backed up: its digest differs.`, {
      subject: file,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
