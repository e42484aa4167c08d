import { expect, test } from 'vitest';
import { packageNames } from '../../pack/package-names.ts';

test('packages are named once, by whatever import they are reached, without paths and without what Node brings', () => {
  const code = `import { readFileSync } from 'node:fs';
import fs from 'fs';
import a from 'a-package';
export * from '@scope/b/inner.js';
import 'a-package/effects';
import { own } from './own.js';
const late = await import('late');
const text = "import x from 'in-a-text'";`;
  expect([...packageNames([code])].sort()).toEqual(['@scope/b', 'a-package', 'late']);
});
