import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** Patterns of paths below the base, and paths below the prefix of the API. */
const NO_LINKS = new Set(['ui/src/data/router.ts', 'ui/src/data/endpoints.ts']);

/** Texts that begin with the slash of a path: a link so written leads out of the path that a proxy shows us under. */
const absoluteIn = (source: string): string[] =>
  [...source.matchAll(/(?<!split\(|lastIndexOf\()(["'`])(\/(?:\?|[a-z$][\w${}.-]*[/?"'`]|\1))/g)].map(
    ([, , path = '']) => path,
  );
const isKey = (line: string): boolean => /^\s*'\/':/.test(line) || line.includes("=== '/'");

it('links of the dashboard are written without a slash before them, so that it works below any path', () => {
  const found = readdirSync(join(root, 'ui/src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !NO_LINKS.has(file))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (isKey(line) || absoluteIn(line).length === 0 ? [] : [`${file}:${index + 1}`])),
    );
  expect(found).toEqual([]);
});

it('would notice one', () => {
  for (const line of [
    '<a href="/">Fleet</a>',
    "router.go('/')",
    'href="/settings"',
    '`/instances/${name}`',
    "'/?show=drafts'",
    "fetch('/api/v1/fleet')",
  ]) {
    expect([line, absoluteIn(line).length]).toEqual([line, 1]);
  }
  expect(absoluteIn("path.split('/')")).toEqual([]);
});
