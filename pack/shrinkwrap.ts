import type { PackedManifest } from './packed-manifest.ts';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** package-lock.json, lockfileVersion 3: packages by their place, '' being the project. */
export interface PackageLock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Shrinkwrap extends PackageLock {
  readonly name: string;
  readonly version: string;
  readonly requires: true;
}

/**
 * The part of a lock file that a packed manifest reaches, as the npm-shrinkwrap.json that npm obeys in a package that it
 * installs (docs.npmjs.com, "npm-shrinkwrap.json"): a pinned file is then pinned all the way down.
 */
export function shrinkwrap(lock: PackageLock, manifest: PackedManifest): Shrinkwrap {
  const reached = new Map<string, LockedPackage>();
  const reach = (from: string, wanted: Partial<LockedPackage>): void => {
    const { dependencies, optionalDependencies, peerDependencies } = wanted;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = placeOf(lock, from, name);
      const entry = place === undefined ? undefined : lock.packages[place];
      if (place === undefined || entry === undefined || reached.has(place)) continue;
      reached.set(place, entry);
      reach(place, entry);
    }
  };
  reach('', { dependencies: manifest.dependencies });
  const { name, version } = manifest;
  const packages = [...reached].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, entry]) => [place, inUse(entry)]);
  return {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': manifest, ...(Object.fromEntries(packages) as Record<string, LockedPackage>) },
  };
}

/** Where Node finds `name` from a package's place: beside it or further out. Undefined where it isn't installed (optional). */
function placeOf(lock: PackageLock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

/** What only the checkout's tests asked for is asked for by the program here. */
function inUse({ dev: _dev, devOptional: _devOptional, ...entry }: LockedPackage): LockedPackage {
  return entry;
}
