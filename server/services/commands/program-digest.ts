import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** SHA-256 over parts that are told apart. */
export function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** Of everything that rendering is made of: our own constructs and the versions of what they are built on. */
export function programDigest(): string {
  const root = resolve(import.meta.dirname, '../../..');
  const constructs = join(root, 'constructs');
  const sources = readdirSync(constructs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
  const versions = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'yaml'].map((name) =>
    readFileSync(join(root, 'node_modules', name, 'package.json')),
  );
  return digest([
    process.version,
    ...versions,
    ...sources.flatMap((path) => [path, readFileSync(join(constructs, path))]),
  ]);
}
