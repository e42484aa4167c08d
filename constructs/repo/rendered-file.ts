import { hash } from 'node:crypto';

/** A file under dist/ as it lies there; not checked. Two with the same digest hold the same bytes. */
export interface RenderedFile {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Names of Secrets that it takes values from, in the words of our own rendering. */
  readonly secrets: readonly string[];
  /** Null where only the digest is kept, as in a server: a fleet's dist/ is most of its repository. Whoever shows it asks git. */
  readonly text: string | null;
}

/** Content of a path: its bytes, or what is kept of a file under dist/. */
export type FileContent = Uint8Array | RenderedFile;

const decoder = new TextDecoder();

/** A file with its text. */
export function renderedFile(content: Uint8Array | string): RenderedFile {
  const text = typeof content === 'string' ? content : decoder.decode(content);
  return { ...withoutText(typeof content === 'string' ? Buffer.from(content) : content), text };
}

/** What a file is known by once its text is forgotten. */
export function withoutText(bytes: Uint8Array): RenderedFile {
  return { digest: hash('sha256', bytes, 'base64'), size: bytes.length, secrets: secretsIn(bytes), text: null };
}

/** Whether the file holds exactly this text. */
export function holdsText(file: RenderedFile | undefined, text: string): boolean {
  if (file === undefined) return false;
  return file.text === null ? file.digest === hash('sha256', text, 'base64') : file.text === text;
}

/** What tells one folder from another: names and digests, in the order of the names. */
export function digestsOf(folder: ReadonlyMap<string, RenderedFile>): readonly string[] {
  return [...folder].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([file, { digest }]) => [file, digest]);
}

export function isSameFolder(
  one: ReadonlyMap<string, RenderedFile>,
  other: ReadonlyMap<string, RenderedFile>,
): boolean {
  return digestsOf(one).join() === digestsOf(other).join();
}

export function isSameContent(one: FileContent, other: FileContent): boolean {
  if (one === other) return true;
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  return digestOf(one) === digestOf(other);
}

function digestOf(content: FileContent): string {
  return content instanceof Uint8Array ? hash('sha256', content, 'base64') : content.digest;
}

const SECRET = ' name: claworc-';
const NONE: readonly string[] = [];

function secretsIn(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(SECRET)) return NONE;
  return [...new Set(buffer.toString('utf8').match(/(?<= name: )claworc-[^\n]*(?=\n)/g))];
}
