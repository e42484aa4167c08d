import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The records that this project brings along: text by instance name. */
export async function readExamples(): Promise<ReadonlyMap<string, string>> {
  const folder = fileURLToPath(new URL('../../../instances/', import.meta.url));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const texts = files.map(
    async (file) => [basename(file, '.yaml'), await readFile(join(folder, file), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}
