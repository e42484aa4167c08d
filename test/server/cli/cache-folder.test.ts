import { expect, it } from 'vitest';
import { cacheFolderOf } from '../../../server/cli/cache-folder.ts';

it.each([
  [{ HOME: '/home/ada' }, '/home/ada/.cache/claworc'],
  [{ HOME: '/home/ada', XDG_CACHE_HOME: '/var/cache/ada' }, '/var/cache/ada/claworc'],
  // The XDG base directory rules: empty counts as not set, and what is not absolute is not used.
  [{ HOME: '/home/ada', XDG_CACHE_HOME: '' }, '/home/ada/.cache/claworc'],
  [{ HOME: '/home/ada', XDG_CACHE_HOME: 'cache' }, null],
])('the caches of a user with %j are in %s', (env, folder) => {
  expect(cacheFolderOf(env)).toBe(folder);
});
