import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Names of packages that a file and everything that it imports from this project need when they run. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, clause = '', from = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) ([^;]*?)from '([^']+)';/gm,
  )) {
    if (clause.startsWith('type ')) continue;
    if (!from.startsWith('.')) packages.add(from);
    else for (const name of packagesOf(resolve(file, '..', from), seen)) packages.add(name);
  }
  return packages;
}

describe('the schema that the browser imports', () => {
  it('needs nothing of Node, and no YAML', () => {
    const index = resolve(import.meta.dirname, '../../../constructs/schema/index.ts');

    expect([...packagesOf(index)]).toEqual(['typebox']);
  });
});
