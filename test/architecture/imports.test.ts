import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles } from './circles.ts';
import { arrowsOf, type Arrow } from './arrows.ts';
import { OWNERS, ROOMS, SUBROOMS, type Room } from './rooms.ts';

const root = resolve(import.meta.dirname, '../..');

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('ui/build/') && !file.endsWith('.config.ts'));
}

/** Where an import leads: a file of this project, or the name that was imported. */
function targetOf(from: string, name: string): string {
  return name.startsWith('.') ? relative(root, resolve(root, dirname(from), name)) : name;
}

const roomOf = (file: string) => ROOMS.find((room) => room.owns.test(file));
const subroomOf = (file: string) => SUBROOMS.find((room) => file.startsWith(`${room.folder}/`));

function complaintAbout({ from, to }: Pick<Arrow, 'from' | 'to'>): string | undefined {
  const home = roomOf(from);
  if (home === undefined) return `${from} is in no room`;
  return (
    complaintAboutPackage(from, home, to) ?? complaintAboutRooms(from, home, to) ?? complaintAboutSubrooms(from, to)
  );
}

function complaintAboutPackage(from: string, home: Room, to: string): string | undefined {
  const isFile = roomOf(to) !== undefined || to.endsWith('.ts') || to.endsWith('.css') || to.startsWith('node:');
  if (isFile) return undefined;
  const owners = OWNERS.find(({ name }) => to === name || to.startsWith(`${name}/`))?.rooms;
  if (owners === undefined) return `${from} imports ${to}, which no room owns: name its owner in rooms.ts`;
  return owners.includes(home.name) ? undefined : `${from} imports ${to}, which belongs to ${owners.join(' and ')}`;
}

function complaintAboutRooms(from: string, home: Room, to: string): string | undefined {
  const other = roomOf(to);
  if (other === undefined || other.name === home.name) return undefined;
  if (home.name === 'ui') {
    const allowed = other.name === 'schema' || other.name === 'http schemas';
    return allowed ? undefined : `${from} (ui) imports ${to}: the browser talks to the server over HTTP only`;
  }
  // The shapes that the API answers with are what the services produce, so the services may name them.
  if (other.name === 'http schemas' && home.level <= 3) return undefined;
  // The close codes are what the proxy of the screens says on the wire, and what the browser decides by.
  if (home.name === 'vnc' && to === 'server/http/schemas/close-codes.ts') return undefined;
  if (other.name === 'http schemas') return `${from} (${home.name}) imports ${to}`;
  return other.level > home.level ? undefined : `${from} (${home.name}) imports ${to} (${other.name})`;
}

function complaintAboutSubrooms(from: string, to: string): string | undefined {
  const home = subroomOf(from);
  const other = subroomOf(to);
  if (home === undefined || other === undefined || home.folder === other.folder) return undefined;
  if (dirname(home.folder) !== dirname(other.folder) || other.level < home.level) return undefined;
  return `${from} imports ${to}: the arrows of ${dirname(home.folder)} run the other way`;
}

const files = ['constructs', 'server', 'ui'].flatMap(sourceFiles);
const arrows = files.flatMap((file) =>
  arrowsOf(readFileSync(join(root, file), 'utf8')).map((name) => ({ from: file, to: targetOf(file, name) })),
);

describe('the rooms', () => {
  it('import only from rooms below their own, types included', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(arrows.map(complaintAbout).filter((complaint) => complaint !== undefined)).toEqual([]);
  });

  it('have no circles of imports, types included', () => {
    expect(findCircles(arrows)).toEqual([]);
  });

  it('are all there', () => {
    const empty = ROOMS.filter(({ owns }) => !files.some((file) => owns.test(file))).map(({ name }) => name);
    const missing = SUBROOMS.filter(({ folder }) => !existsSync(join(root, folder))).map(({ folder }) => folder);
    expect([...empty, ...missing]).toEqual([]);
  });

  it('hold every file of a room that is divided', () => {
    const divided = [...new Set(SUBROOMS.map(({ folder }) => dirname(folder)))];
    const beside = files.filter((file) => divided.includes(dirname(file)));
    // What every use case gets stands beside the use cases.
    const allowed = ['app-context', 'event-bus', 'open-app-context'].map((name) => `server/services/${name}.ts`);
    expect(beside.filter((file) => !allowed.includes(file))).toEqual([]);
    const lost = files.filter(
      (file) => divided.some((folder) => file.startsWith(`${folder}/`)) && subroomOf(file) === undefined,
    );
    expect(lost.filter((file) => !allowed.includes(file))).toEqual([]);
  });

  it('own each package that is imported, and no other', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const named = new Set(OWNERS.map(({ name }) => name));
    expect(Object.keys(dependencies).filter((name) => !named.has(name))).toEqual([]);
    const imported = (name: string) => arrows.some(({ to }) => to === name || to.startsWith(`${name}/`));
    expect([...named].filter((name) => !imported(name))).toEqual([]);
  });

  it('start programs in named places only', () => {
    const starters = arrows.filter(({ to }) => to === 'node:child_process').map(({ from }) => from);
    // simple-git, which runs every other git, can't stream, nor keep one going.
    expect([...new Set(starters)].sort()).toEqual([
      'server/cli/build-ui.ts',
      'server/cli/started-by-npm.ts',
      'server/cluster/credential-plugin.ts',
      'server/git/http/http-backend.ts',
      'server/git/kept-git.ts',
      'server/git/person-git.ts',
      'server/git/read/object-reader.ts',
      'server/git/signing/run-gpg.ts',
    ]);
  });

  it('would notice a wrong arrow', () => {
    const wrong = (from: string, to: string) => complaintAbout({ from, to });
    expect(wrong('server/store/a.ts', 'server/git/b.ts')).toContain('imports');
    expect(wrong('server/git/a.ts', 'server/secrets/b.ts')).toContain('imports');
    expect(wrong('server/http/a.ts', 'better-sqlite3')).toContain('belongs to store');
    expect(wrong('server/http/a.ts', 'left-pad')).toContain('no room owns');
    expect(wrong('ui/src/a.ts', 'server/services/b.ts')).toContain('over HTTP only');
    expect(wrong('constructs/a.ts', 'server/lib/b.ts')).toContain('imports');
    expect(wrong('server/reconcile/plan/a.ts', 'server/reconcile/apply/b.ts')).toContain('the other way');
    expect(wrong('server/reconcile/loop/a.ts', 'server/reconcile/plan/b.ts')).toBeUndefined();
  });

  it('would notice a circle, and an import of types alone', () => {
    const arrow = (from: string, to: string) => ({ from, to });
    expect(findCircles([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'a'), arrow('c', 'd')])).toEqual([
      ['a', 'b', 'c'],
    ]);
    expect(arrowsOf("import type { A } from './a.ts';\nconst b: import('./b.ts').B = x;\nexport * from 'c';")).toEqual([
      './a.ts',
      'c',
      './b.ts',
    ]);
  });

  it('keep to a readable length', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });
});
