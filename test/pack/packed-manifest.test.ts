import { expect, test } from 'vitest';
import { packedManifest } from '../../pack/packed-manifest.ts';

const project = {
  name: 'claworc',
  version: '1.2.3',
  description: 'd',
  license: 'MIT',
  private: true,
  engines: { node: '>=24' },
  bin: { claworc: 'bin/claworc.js' },
  scripts: { start: 'x' },
  dependencies: { used: '1.0.0', 'only-for-the-dashboard': '2.0.0' },
  devDependencies: { tests: '3.0.0' },
};

test('a packed program depends on what it imports, in the version of the checkout, and on nothing else', () => {
  expect(packedManifest(project, new Set(['used']))).toEqual({
    name: 'claworc',
    version: '1.2.3',
    description: 'd',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=24' },
    bin: { claworc: 'bin/claworc.js' },
    dependencies: { used: '1.0.0' },
  });
});

test('an import that is no dependency ends the packing with its name', () => {
  expect(() => packedManifest(project, new Set(['used', 'tests']))).toThrow('no dependency in package.json: tests');
});
