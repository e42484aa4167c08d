import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { open, readFile } from 'node:fs/promises';

export interface SmallFileOptions {
  /** Bytes. @default 64 KiB */
  readonly most?: number;
  /** Whether a link in the last step of the path is followed. @default true, as Kubernetes mounts Secrets by links */
  readonly follows?: boolean;
}

const MOST = 65_536;

/** Why a file was not read, as the end of a sentence about it; never a path of this machine. */
export class FileNotRead extends Error {
  override readonly name = 'FileNotRead';
  /** True where there is nothing at that path. */
  readonly isMissing: boolean;

  constructor(why: string, isMissing = false, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause });
    this.isMissing = isMissing;
  }
}

/**
 * The bytes of a file that a person or another program keeps: a token, a key, a list of hosts, a reference. It may be swapped at
 * any moment, for a pipe too, whose other end a plain read would wait for without an end, in a thread that nothing frees.
 * So it is opened without waiting, and what was opened is looked at. Throws `FileNotRead`.
 */
export async function readSmallFile(file: string, options: SmallFileOptions = {}): Promise<Buffer> {
  const handle = await open(file, flagsOf(options)).catch((error: unknown) => {
    throw notRead(error);
  });
  try {
    const bytes = Buffer.alloc(roomFor(await handle.stat(), options));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw notRead(error);
  } finally {
    await handle.close();
  }
}

/** A pipe that a shell made for this command, as `<(pass show age)` does. */
const HANDED_OVER = /^\/(?:dev|proc\/self)\/(?:fd\/\d+|stdin)$/;

/** The same for a file that a person names to a command, which may be such a pipe: it is read to its end. */
export async function readNamedFile(file: string, options: SmallFileOptions = {}): Promise<Buffer> {
  if (!HANDED_OVER.test(file)) return readSmallFile(file, options);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw notRead(error);
  });
  return bytes.subarray(0, roomIn(bytes.length, options));
}

/** The same for those who can't wait for an answer. */
export function readSmallFileSync(file: string, options: SmallFileOptions = {}): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, flagsOf(options));
    const bytes = Buffer.alloc(roomFor(fstatSync(descriptor), options));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw notRead(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Throws `FileNotRead` for what another program is to read, and would wait for: a pipe, a device, a folder, nothing. It may
 * be swapped after that, so whoever starts the program has a limit for its silence too.
 */
export function checkPlainFile(file: string, options: SmallFileOptions = {}): void {
  try {
    roomFor(statSync(file), options);
  } catch (error) {
    throw notRead(error);
  }
}

function flagsOf({ follows = true }: SmallFileOptions): number {
  return constants.O_RDONLY | constants.O_NONBLOCK | (follows ? 0 : constants.O_NOFOLLOW);
}

function roomFor(found: Stats, { most = MOST }: SmallFileOptions): number {
  if (found.isDirectory()) throw new FileNotRead('is a folder, where a file is meant');
  if (!found.isFile()) throw new FileNotRead('is a device, a pipe or a socket, and not a plain file');
  return roomIn(found.size, { most });
}

function roomIn(size: number, { most = MOST }: SmallFileOptions): number {
  if (size > most) throw new FileNotRead(`is ${size} bytes; at most ${most} are read`);
  return size;
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "can't be read: this process has no permission (EACCES)",
  ELOOP: 'is a symbolic link that is not followed, or one that leads to itself',
  // What a socket answers to whoever opens it.
  ENXIO: 'is a device, a pipe or a socket, and not a plain file',
};

function notRead(error: unknown): FileNotRead {
  if (error instanceof FileNotRead) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileNotRead("isn't there", true, error);
  return new FileNotRead(WORDS[code] ?? `can't be read (${code})`, false, error);
}
