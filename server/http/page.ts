import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BASE = '<base href="/" />';

/** The page of the dashboard, with the path that it lives under; null while it is not built. */
export async function readPage(folder: string, basePath: string): Promise<string | null> {
  try {
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    return html.replace(BASE, `<base href="${basePath}/" />`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
