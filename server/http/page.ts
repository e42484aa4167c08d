import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BASE = '<base href="/" />';
const BUILD = '<meta name="claworc-build" content="" />';

export interface Page {
  readonly html: string;
  /** Tells this build of the dashboard from any other: the names of all its files depend on their content. */
  readonly build: string;
}

/** The page of the dashboard, with the path that it lives under and its build; null while it is not built. */
export async function readPage(folder: string, basePath: string): Promise<Page | null> {
  let html: string;
  try {
    html = await readFile(join(folder, 'index.html'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const build = createHash('sha256').update(html).digest('base64url').slice(0, 16);
  const named = html.replace(BASE, `<base href="${basePath}/" />`).replace(BUILD, BUILD.replace('""', `"${build}"`));
  return { html: named, build };
}
