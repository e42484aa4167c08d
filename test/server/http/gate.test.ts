import { describe, expect, test } from 'vitest';
import { decide, type RequestHead } from '../../../server/http/gate.ts';
import { doorsOf, isLoopback } from '../../../server/http/doors.ts';

const doors = doorsOf('127.0.0.1', 8080);
const own = { host: '127.0.0.1:8080' };
const json = { 'content-type': 'application/json' };
const headOf = (method: string, headers: Record<string, string>, isUpgrade = false, target = '/'): RequestHead => {
  return { method, target, headers, rawHeaders: Object.entries(headers).flat(), isUpgrade };
};
const verdict = (...head: Parameters<typeof headOf>): number => {
  const decision = decide(headOf(...head), doors);
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
    ['a trailing dot', { host: 'localhost.:8080' }, 200],
    ['two trailing dots', { host: 'localhost..:8080' }, 403],
    ['a long IPv6 loopback', { host: '[0:0::0:1]:8080' }, 200],
    ['a name with a user', { host: 'x@localhost:8080' }, 403],
    ['a name with a path', { host: 'localhost:8080/x' }, 403],
    ['another number of loopback', { host: '127.1:8080' }, 403],
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
      new Set([
        ...['127.0.0.1', 'localhost', '[::1]', '10.0.0.5'].flatMap((name) => [name, `${name}:80`]),
        'claworc:8000',
      ]),
    );
  });

  test.each([
    ['https://tools.example', { host: 'tools.example:443', origin: 'https://tools.example' }, 200],
    ['https://tools.example', { host: 'tools.example.', origin: 'https://tools.example.' }, 200],
    ['https://tools.example:443', { host: 'Tools.Example' }, 200],
    ['https://tools.example', { host: 'tools.example:80' }, 403],
    ['https://tools.example', { host: 'tools.example', origin: 'http://tools.example' }, 403],
    ['http://tools.example', { host: 'tools.example:80' }, 200],
    ['https://tools.example:8443', { host: 'tools.example' }, 403],
    ['http://[fd00::15]:8080', { host: '[FD00:0:0::15]:8080', origin: 'http://[fd00::15]:8080' }, 200],
    ['http://[FD00:0:0::15]:8080', { host: '[fd00::15]:8080' }, 200],
    ['http://[fd00::15]:8080', { host: '[fd00::16]:8080' }, 403],
  ])('started as %s, meets %o', (publicUrl, headers, status) => {
    const decision = decide(headOf('GET', headers), doorsOf('0.0.0.0', 9000, publicUrl));
    expect(decision.allowed ? 200 : decision.status).toBe(status);
  });

  test('refuses two Hosts, of which a proxy may have believed the other one', () => {
    const head = { ...headOf('GET', own), rawHeaders: ['Host', '127.0.0.1:8080', 'hOST', 'evil.example'] };
    expect(decide(head, doors)).toMatchObject({ allowed: false, status: 400 });
    expect(decide({ ...head, rawHeaders: ['Host', '127.0.0.1:8080', 'X', 'host'] }, doors)).toEqual({ allowed: true });
  });

  test('takes a target in absolute form for what it names', () => {
    expect(verdict('GET', own, false, 'http://127.0.0.1:8080/settings')).toBe(200);
    expect(verdict('GET', own, false, 'http://evil.example/settings')).toBe(403);
    expect(verdict('GET', own, false, 'http://127.0.0.1:8080@evil.example/')).toBe(403);
    expect(verdict('GET', { host: 'evil.example' }, false, 'http://127.0.0.1:8080/')).toBe(403);
  });

  test('lets a kubelet ask for /health by the address of the pod, and for nothing else', () => {
    const probe = { host: '10.244.0.25:8080' };
    expect(verdict('GET', probe, false, '/health')).toBe(200);
    expect(verdict('GET', { ...probe, 'sec-fetch-site': 'cross-site' }, false, '/health')).toBe(403);
    expect(verdict('POST', probe, false, '/health')).toBe(403);
    expect(verdict('GET', probe, true, '/health')).toBe(403);
    expect(verdict('GET', probe, false, '/api/v1/health')).toBe(403);
  });

  test('only this machine is loopback', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', ''].some(isLoopback)).toBe(false);
  });
});
