import { describe, expect, test } from 'vitest';
import { fleetAddress, readFleetQuery } from '../../../ui/src/data/fleet-list.ts';
import { matchRoute } from '../../../ui/src/data/router.ts';

test.each([
  ['/', 'fleet', {}],
  ['/new', 'create', {}],
  ['/compare?from=1234567&to=89abcde', 'compare', {}],
  ['/instances/bot-alpha/compare?from=1234567&to=89abcde', 'compare', { name: 'bot-alpha' }],
  ['/instances/bot-alpha', 'overview', { name: 'bot-alpha' }],
  ['/instances/bot-alpha/', 'overview', { name: 'bot-alpha' }],
  ['/instances/bot-alpha/config', 'config', { name: 'bot-alpha', tab: 'config' }],
  ['/instances/bot-alpha/screens', 'screens', { name: 'bot-alpha', tab: 'screens' }],
  ['/instances/bot-alpha/screens/chrome', 'screen', { name: 'bot-alpha', screen: 'chrome' }],
  [`/commits/${'a'.repeat(40)}`, 'commit', { sha: 'a'.repeat(40) }],
  ['/settings', 'settings', {}],
  ['/activity?q=x', 'activity', {}],
  ['/restore?to=0123456', 'restore', {}],
])('%s is the page %s', (address, page, params) => {
  expect(matchRoute(address)).toMatchObject({ page, params });
});

test.each(['/nowhere', '/instances', '/instances/bot-alpha/screens/other', '/commits/xyz', '/instances/a/b/c/d'])(
  '%s is no page',
  (address) => expect(matchRoute(address).page).toBe('lost'),
);

describe('below the path of a proxy', () => {
  test.each([
    ['https://tools.example/claworc/', 'fleet'],
    ['https://tools.example/claworc', 'fleet'],
    ['https://tools.example/claworc/instances/bot-alpha/logs', 'logs'],
    ['https://tools.example/instances/bot-alpha', 'overview'],
    ['https://tools.example/claworcs', 'lost'],
    ['./', 'fleet'],
    ['./?q=x', 'fleet'],
    ['instances/bot-alpha', 'overview'],
  ])('%s is the page %s', (address, page) => {
    expect(matchRoute(address, '/claworc/').page).toBe(page);
  });
});

describe('the address of the fleet', () => {
  test('holds what was chosen, and nothing of the defaults', () => {
    expect(fleetAddress(readFleetQuery(new URLSearchParams()))).toBe('./');
    const query = { show: 'attention', text: 'rotte', sort: 'memory', descending: true } as const;
    expect(readFleetQuery(new URL(fleetAddress(query), 'http://x').searchParams)).toEqual(query);
  });

  test('makes defaults of what it does not know', () => {
    expect(readFleetQuery(new URLSearchParams('show=nobody&sort=luck'))).toMatchObject({ show: 'all', sort: 'status' });
  });
});
