import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join, resolve } from 'node:path';

/** SHA-256 over parts that are told apart. */
export function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** Of everything that rendering is made of: our own constructs and the versions of what they are built on. */
export function programDigest(): string {
  const constructs = resolve(import.meta.dirname, '../../../constructs');
  // JavaScript where the program was packed.
  const sources = readdirSync(constructs, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[jt]s$/.test(path))
    .sort();
  const versions = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'yaml'].map((name) => {
    const file = findPackageJSON(name, import.meta.url);
    if (file === undefined) throw new Error(`the package ${name} is not installed`);
    return readFileSync(file);
  });
  return digest([
    process.version,
    ...versions,
    ...sources.flatMap((path) => [path, readFileSync(join(constructs, path))]),
  ]);
}
