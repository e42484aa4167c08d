import { resolve } from 'node:path';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { readNamedFile } from '../lib/small-file.ts';
import type { Invocation } from './invocation.ts';

/** Bytes. */
const MAX_TEXT = 4 * 1024 * 1024;

/** The text of a file that an option names. Throws `usage` where it can't be read. */
export async function descriptionText(file: string, option: string, { cwd }: Pick<Invocation, 'cwd'>): Promise<string> {
  const bytes = await readNamedFile(resolve(cwd, file), { most: MAX_TEXT }).catch((cause: unknown) => {
    throw new ClaworcError('usage', `${option}: the file ${messageOf(cause)}.`, { cause });
  });
  return bytes.toString('utf8');
}
