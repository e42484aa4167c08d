import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import type { Invocation } from './invocation.ts';

const MAX_TEXT = 4 * 1024 * 1024;

/** The text of a file that an option names. Throws `usage` where it can't be read. */
export async function descriptionText(file: string, option: string, { cwd }: Pick<Invocation, 'cwd'>): Promise<string> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new ClaworcError('usage', `${option}: the file can't be read: ${messageOf(cause)}`, { cause });
  });
  if (text.length <= MAX_TEXT) return text;
  throw new ClaworcError('usage', `${option}: the file is larger than 4 MiB.`);
}
