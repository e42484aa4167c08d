import { describe, expect, test } from 'vitest';
import { decide } from '../../../server/http/gate.ts';
import { doorsOf, isLoopback } from '../../../server/http/doors.ts';

const doors = doorsOf('127.0.0.1', 8080);
const own = { host: '127.0.0.1:8080' };
const json = { 'content-type': 'application/json' };
const verdict = (method: string, headers: Record<string, string>, isUpgrade = false): number => {
  const decision = decide(method, headers, isUpgrade, doors);
  return decision.allowed ? 200 : decision.status;
};

describe('the request gate', () => {
  test.each([
    ['its own address', { ...own }, 200],
    ['localhost', { host: 'localhost:8080' }, 200],
    ['upper case', { host: 'LocalHost:8080' }, 200],
    ['IPv6 loopback', { host: '[::1]:8080' }, 200],
    ['a rebound name', { host: 'evil.example:8080' }, 403],
    ['another port', { host: '127.0.0.1:8081' }, 403],
    ['no port', { host: '127.0.0.1' }, 403],
    ['a trailing dot', { host: 'localhost.:8080' }, 403],
    ['no Host', {}, 403],
    ['its own page', { ...own, origin: 'http://127.0.0.1:8080' }, 200],
    ['another page', { ...own, origin: 'http://evil.example' }, 403],
    ['https of the same name', { ...own, origin: 'https://127.0.0.1:8080' }, 403],
    ['the page of another port', { ...own, origin: 'http://127.0.0.1:3000' }, 403],
    ['an opaque page', { ...own, origin: 'null' }, 403],
    ['an address bar', { ...own, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
    ['a script of another site', { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a script of a sibling', { ...own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    [
      'a link from elsewhere',
      { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    [
      'a frame elsewhere',
      { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
  ])('GET from %s', (_name, headers, status) => {
    expect(verdict('GET', headers as unknown as Record<string, string>)).toBe(status);
  });

  test.each([
    ['curl with JSON', { ...own, ...json, 'content-length': '2' }, 200],
    ['curl with JSON in UTF-8', { ...own, 'content-type': 'application/json; charset=utf-8' }, 200],
    ['curl without a body', { ...own }, 200],
    ['curl with an empty body', { ...own, 'content-length': '0' }, 200],
    ['curl with a form', { ...own, 'content-type': 'application/x-www-form-urlencoded', 'content-length': '2' }, 415],
    ['a body of no type', { ...own, 'content-length': '2' }, 415],
    ['a stream of no type', { ...own, 'transfer-encoding': 'chunked' }, 415],
    ['text that is JSON', { ...own, 'content-type': 'text/plain', 'content-length': '2' }, 415],
    ['JSON in another alphabet', { ...own, 'content-type': 'application/json; charset=utf-16' }, 415],
    ['a kin of JSON', { ...own, 'content-type': 'application/json-patch+json' }, 415],
    ['its own page', { ...own, ...json, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }, 200],
    ['another page', { ...own, ...json, origin: 'http://evil.example' }, 403],
    ['an opaque page', { ...own, ...json, origin: 'null' }, 403],
    ['a form of another site', { ...own, 'content-type': 'text/plain', origin: 'http://evil.example' }, 403],
    ['a navigation from another site', { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['an address bar', { ...own, 'sec-fetch-site': 'none' }, 403],
    ['a rebound page', { ...json, host: 'evil.example', origin: 'http://evil.example' }, 403],
  ])('POST by %s', (_name, headers, status) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect([method, verdict(method, headers)]).toEqual([method, status]);
    }
  });

  test.each([
    ['its own page', { ...own, origin: 'http://127.0.0.1:8080' }, 200],
    ['a client without a page', { ...own }, 403],
    ['another page', { ...own, origin: 'http://evil.example' }, 403],
    ['a rebound page', { host: 'evil.example', origin: 'http://evil.example' }, 403],
  ])('a WebSocket by %s', (_name, headers, status) => {
    expect(verdict('GET', headers, true)).toBe(status);
  });

  test('behind a proxy, the public address is let in beside loopback, with its own scheme and port', () => {
    const { hosts, origins } = doorsOf('0.0.0.0', 8080, 'https://claworc.example.com');
    expect(hosts).toContain('claworc.example.com');
    expect(origins).toContain('https://claworc.example.com');
    expect(hosts).toContain('127.0.0.1:8080');
    expect([...hosts].some((host) => host.includes('0.0.0.0'))).toBe(false);
    expect(doorsOf('10.0.0.5', 80, 'http://claworc:8000/').hosts).toEqual(
      new Set(['127.0.0.1', 'localhost', '[::1]', '10.0.0.5', 'claworc:8000']),
    );
  });

  test('only this machine is loopback', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', ''].some(isLoopback)).toBe(false);
  });
});
