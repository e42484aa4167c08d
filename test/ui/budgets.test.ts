import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let files: ReadonlyMap<string, { readonly text: string; readonly size: number }>;

beforeAll(async () => {
  const { folder } = await ensureUiBuilt(ROOT, () => undefined);
  const names = await readdir(join(folder, 'assets'));
  const read = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, 'assets', name));
      return [name, { text: bytes.toString(), size: gzipSync(bytes).length / 1_000 }] as const;
    }),
  );
  files = new Map([...read, ['index.html', { text: await readFile(join(folder, 'index.html'), 'utf8'), size: 0 }]]);
});

/** A script with everything that it imports at once, in kB of gzip. */
function sizeWithImports(entry: string): number {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const text = files.get(name)?.text ?? '';
    for (const match of text.matchAll(/(?:^|[;}\s])import(?:[^'"()]*?from)?\s*["']\.\/([\w.-]+\.js)["']/g))
      visit(match[1] ?? '');
  };
  visit(entry);
  return [...seen].reduce((sum, name) => sum + (files.get(name)?.size ?? 0), 0);
}

const named = (part: string): string =>
  [...files.keys()].find((name) => name.startsWith(part) && name.endsWith('.js')) ?? '';

test('the first page loads at most 100 kB of scripts and 20 kB of styles', () => {
  const html = files.get('index.html')?.text ?? '';
  const entry = /src="\.\/assets\/([\w.-]+\.js)"/.exec(html)?.[1] ?? '';
  const style = /href="\.\/assets\/([\w.-]+\.css)"/.exec(html)?.[1] ?? '';
  const size = sizeWithImports(entry);
  expect(size).toBeGreaterThan(10);
  expect(size).toBeLessThanOrEqual(100);
  expect(files.get(style)?.size).toBeLessThanOrEqual(20);
});

test('editor and screens come in their own chunks, within their budgets', () => {
  const editor = [...files].find(([, { text }]) => text.includes('cm-diagnosis'))?.[0] ?? '';
  expect(files.get(editor)?.size).toBeLessThanOrEqual(145);
  expect(files.get(named('rfb-'))?.size).toBeLessThanOrEqual(62);
});

test('colours keep both of their sides, so that a part of a page can be dark', () => {
  const styles = [...files]
    .filter(([name]) => name.endsWith('.css'))
    .map(([, { text }]) => text)
    .join('');
  expect(styles).toContain('light-dark(');
});

test('what is served is built for people, whatever environment it was built in', () => {
  const scripts = [...files.values()].map(({ text }) => text).join('');
  expect(scripts.includes('litElementVersions')).toBe(true);
  expect(scripts.includes('Lit is in dev mode')).toBe(false);
});
