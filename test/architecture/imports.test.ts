import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Rooms from top to bottom; a file may import from its own room and from rooms of a higher index. */
const ROOMS: readonly { readonly name: string; readonly owns: RegExp; readonly level: number }[] = [
  { name: 'ui', owns: /^ui\//, level: 0 },
  { name: 'cli', owns: /^server\/(cli\/|main\.ts)/, level: 1 },
  { name: 'http schemas', owns: /^server\/http\/schemas\//, level: 8 },
  { name: 'http', owns: /^server\/http\//, level: 2 },
  { name: 'services', owns: /^server\/services\//, level: 3 },
  { name: 'reconcile', owns: /^server\/reconcile\//, level: 4 },
  { name: 'git', owns: /^server\/git\//, level: 5 },
  { name: 'forge', owns: /^server\/forge\//, level: 5 },
  { name: 'cluster', owns: /^server\/cluster\//, level: 5 },
  { name: 'secrets', owns: /^server\/secrets\//, level: 5 },
  { name: 'vnc', owns: /^server\/vnc\//, level: 5 },
  { name: 'store', owns: /^server\/store\//, level: 6 },
  { name: 'lib', owns: /^server\/lib\//, level: 7 },
  { name: 'constructs', owns: /^constructs\/(?!schema\/)/, level: 9 },
  { name: 'schema', owns: /^constructs\/schema\//, level: 10 },
];

/** Packages that only one room may import, the edge to one outside system. */
const SINGLE_OWNER: readonly { readonly pattern: RegExp; readonly room: string }[] = [
  { pattern: /^@kubernetes\/client-node/, room: 'cluster' },
  { pattern: /^better-sqlite3/, room: 'store' },
  { pattern: /^simple-git/, room: 'git' },
  { pattern: /^lit($|\/)|^@lit\//, room: 'ui' },
  { pattern: /^@novnc\//, room: 'ui' },
  { pattern: /^@codemirror\//, room: 'ui' },
  { pattern: /^age-encryption/, room: 'secrets' },
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('ui/build/') && !file.endsWith('.config.ts'));
}

function arrowsOf(file: string, text: string): Arrow[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    const to = target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target;
    return { from: file, to, typeOnly: match[1] !== undefined };
  });
}

const roomOf = (file: string) => ROOMS.find((room) => room.owns.test(file));

function complaintAbout(arrow: Arrow): string | undefined {
  const from = roomOf(arrow.from);
  if (from === undefined) return `${arrow.from} is in no room`;
  const owner = SINGLE_OWNER.find(({ pattern }) => pattern.test(arrow.to));
  if (owner !== undefined && owner.room !== from.name)
    return `${arrow.from} imports ${arrow.to}, which belongs to ${owner.room}`;
  const to = roomOf(arrow.to);
  if (to === undefined || to.name === from.name) return undefined;
  if (from.name === 'ui') {
    const allowed = to.name === 'schema' || to.name === 'http schemas';
    return allowed
      ? undefined
      : `${arrow.from} (ui) imports ${arrow.to}: the browser talks to the server over HTTP only`;
  }
  // The shapes that the API answers with are what the services produce, so the services may name them.
  if (to.name === 'http schemas' && from.level < to.level && from.level <= 3) return undefined;
  // The close codes are what the proxy of the screens says on the wire, and what the browser decides by.
  if (from.name === 'vnc' && arrow.to === 'server/http/schemas/close-codes.ts') return undefined;
  if (to.name === 'http schemas') return `${arrow.from} (${from.name}) imports ${arrow.to}`;
  return to.level > from.level ? undefined : `${arrow.from} (${from.name}) imports ${arrow.to} (${to.name})`;
}

const files = ['constructs', 'server', 'ui'].flatMap(sourceFiles);
const arrows = files.flatMap((file) => arrowsOf(file, readFileSync(join(root, file), 'utf8')));

describe('the rooms', () => {
  it('import only from rooms below their own', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(arrows.map(complaintAbout).filter((complaint) => complaint !== undefined)).toEqual([]);
  });

  it('would notice a wrong arrow', () => {
    const wrong = (from: string, to: string) => complaintAbout({ from, to, typeOnly: false });
    expect(wrong('server/store/a.ts', 'server/git/b.ts')).toContain('imports');
    expect(wrong('server/git/a.ts', 'server/secrets/b.ts')).toContain('imports');
    expect(wrong('server/http/a.ts', 'better-sqlite3')).toContain('belongs to store');
    expect(wrong('ui/src/a.ts', 'server/services/b.ts')).toContain('over HTTP only');
    expect(wrong('constructs/a.ts', 'server/lib/b.ts')).toContain('imports');
  });

  it('keep to a readable length', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });
});
