import { expect, test } from 'vitest';
import { shrinkwrap } from '../../pack/shrinkwrap.ts';

const manifest = {
  name: 'claworc',
  version: '1.2.3',
  description: 'd',
  license: 'MIT',
  type: 'module',
  engines: {},
  bin: {},
  dependencies: { a: '1.0.0', shared: '1.0.0' },
} as const;

const lock = {
  lockfileVersion: 3,
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', dependencies: { shared: '^2.0.0', 'not-for-here': '1' } },
    'node_modules/a/node_modules/shared': { version: '2.0.0', dependencies: { deep: '1', a: '1' } },
    'node_modules/shared': { version: '1.0.0', peerDependencies: { peer: '1' }, optionalDependencies: { extra: '1' } },
    'node_modules/deep': { version: '1.0.0', devOptional: true },
    'node_modules/extra': { version: '1.0.0' },
    'node_modules/peer': { version: '1.0.0', dev: true },
    'node_modules/tests': { version: '1.0.0', dev: true, dependencies: { 'of-tests': '1' } },
    'node_modules/of-tests': { version: '1.0.0', dev: true },
  },
};

test('all that the manifest reaches is pinned: the nearest version, peers, optional ones, circles; the rest is left out', () => {
  const { packages } = shrinkwrap(lock, manifest);
  expect(Object.keys(packages)).toEqual([
    '',
    'node_modules/a',
    'node_modules/a/node_modules/shared',
    'node_modules/deep',
    'node_modules/extra',
    'node_modules/peer',
    'node_modules/shared',
  ]);
  expect(packages['']).toBe(manifest);
  expect(packages['node_modules/peer']).toEqual({ version: '1.0.0' });
  expect(packages['node_modules/deep']).toEqual({ version: '1.0.0' });
});
