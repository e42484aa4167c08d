import { INSTANCE_NAME_PATTERN, MAX_INSTANCE_NAME, type KeyScope } from '../schema/index.ts';

export const FLEET_PATH = 'claworc.yaml';

/** The unit of what belongs to the whole fleet: the sealed global keys. */
export const FLEET_UNIT = 'fleet';

export const recordPath = (name: string): string => `instances/${name}.yaml`;
export const tombstonePath = (name: string): string => `tombstones/${name}.yaml`;
/** Folders with their slash: what lies below belongs to one unit. */
export const manifestFolder = (unit: string): string => `dist/${unit}/`;
export const keyFolder = (scope: KeyScope): string => `secrets/${scope}/`;
export const manifestPath = (unit: string, file: string): string => `${manifestFolder(unit)}${file}`;

/** Top folders of an instances repo. */
export const FOLDERS = ['instances', 'secrets', 'dist', 'tombstones'] as const;

/** The scope of the keys that every instance without an override uses. */
export const GLOBAL_SCOPE = 'global';

/** The unit that the sealed keys of a scope belong to, and back. */
export const unitOfScope = (scope: KeyScope): string => (scope === GLOBAL_SCOPE ? FLEET_UNIT : scope);
export const scopeOfUnit = (unit: string): KeyScope => (unit === FLEET_UNIT ? GLOBAL_SCOPE : unit);

/** The file that a person edits to change a unit. */
export const sourcePath = (unit: string): string => (unit === FLEET_UNIT ? FLEET_PATH : recordPath(unit));

/** What a path of an instances repo is. `other` is anything outside the folders that Claworc reads. */
export type Place =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'record'; readonly name: string }
  | { readonly kind: 'tombstone'; readonly name: string }
  | { readonly kind: 'key'; readonly scope: string; readonly slug: string }
  | { readonly kind: 'manifest'; readonly unit: string; readonly file: string }
  | { readonly kind: 'stray'; readonly reason: string }
  | { readonly kind: 'other' };

const NAME = new RegExp(INSTANCE_NAME_PATTERN, 'u');

export function isInstanceName(name: string): boolean {
  return name.length <= MAX_INSTANCE_NAME && NAME.test(name);
}

/** What people, file managers and editors leave in any folder: hidden files, read-me texts, backups. Never YAML. */
const LITTER = /^(\..*|README|LICENSE|CODEOWNERS|.*\.md|.*~|#.*#|.*\.sw[a-p]|Thumbs\.db|desktop\.ini)$/i;

function isLitter(file: string): boolean {
  return LITTER.test(file) && !/\.ya?ml$/i.test(file);
}

export function placeOf(path: string): Place {
  if (path === FLEET_PATH) return { kind: 'fleet' };
  const [folder = '', ...rest] = path.split('/');
  if (rest.length === 0 || isLitter(rest.at(-1) ?? '')) return { kind: 'other' };
  switch (folder) {
    case 'instances':
    case 'tombstones':
      return documentPlace(folder, rest);
    case 'secrets':
      return keyPlace(rest);
    case 'dist':
      return manifestPlace(rest);
    default:
      return { kind: 'other' };
  }
}

/** Whether a conflict is about a file of the repository, named by its path, and not about a field of a document. */
export const isRepoFile = (field: string): boolean => placeOf(field).kind !== 'other';

function documentPlace(folder: 'instances' | 'tombstones', rest: readonly string[]): Place {
  const [file = '', below] = rest;
  if (below !== undefined) return stray(`${folder}/ has no folders in it`);
  if (!file.endsWith('.yaml')) {
    const renamed = file.endsWith('.yml') ? `; name it ${file.slice(0, -'.yml'.length)}.yaml` : '';
    return stray(`only files that end in .yaml are read in ${folder}/${renamed}`);
  }
  return { kind: folder === 'instances' ? 'record' : 'tombstone', name: stem(file) };
}

function keyPlace(rest: readonly string[]): Place {
  const [scope = '', file, below] = rest;
  if (file === undefined || below !== undefined) {
    return stray('sealed keys lie in secrets/global/ or in the folder of an instance');
  }
  if (scope !== GLOBAL_SCOPE && !isInstanceName(scope)) return stray(`"${scope}" is neither "global" nor an instance`);
  if (!file.endsWith('.yaml')) return stray('only sealed keys that end in .yaml belong here');
  return { kind: 'key', scope, slug: stem(file) };
}

function manifestPlace(rest: readonly string[]): Place {
  const [unit = '', file, below] = rest;
  if (file === undefined || below !== undefined || (unit !== FLEET_UNIT && !isInstanceName(unit))) {
    return stray('dist/ holds nothing but the rendered folders of instances');
  }
  return { kind: 'manifest', unit, file };
}

function stray(reason: string): Place {
  return { kind: 'stray', reason };
}

function stem(file: string): string {
  return file.slice(0, -'.yaml'.length);
}

/** The unit that a path of an instances repo belongs to; null for a path of none. */
export function unitOfPath(path: string): string | null {
  const place = placeOf(path);
  switch (place.kind) {
    case 'fleet':
      return FLEET_UNIT;
    case 'record':
    case 'tombstone':
      return place.name;
    case 'key':
      return unitOfScope(place.scope);
    case 'manifest':
      return place.unit;
    case 'stray':
    case 'other':
      return null;
  }
}
