import { describe, expect, test } from 'vitest';
import { failureOf, isTransient, type ApiFailure } from '../../../server/cluster/errors.ts';

const status = (code: number, reason: string, message: string, details: object = {}): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details });

const cases: readonly [string, number, string, ApiFailure['type'], boolean][] = [
  [
    'fields of another manager',
    409,
    status(409, 'Conflict', 'Apply failed', {
      causes: [
        { reason: 'FieldManagerConflict', message: 'conflict with "hpa" using apps/v1', field: '.spec.replicas' },
      ],
    }),
    'field_conflict',
    false,
  ],
  ['a stale resourceVersion', 409, status(409, 'Conflict', 'the object has been modified'), 'stale', false],
  [
    'another uid',
    409,
    status(409, 'Conflict', 'uid mismatch: the provided object specified uid x, and no existing object was found'),
    'stale',
    false,
  ],
  ['a create race', 409, status(409, 'AlreadyExists', 'exists'), 'exists', false],
  [
    "the quota's own lock",
    409,
    status(409, 'Conflict', 'Operation cannot be fulfilled on resourcequotas', { kind: 'resourcequotas' }),
    'quota_busy',
    true,
  ],
  [
    'an unknown field',
    500,
    status(500, 'InternalError', 'failed to create typed patch object: .spec.nope: field not declared in schema'),
    'invalid',
    false,
  ],
  [
    'a quantity that is none, which the API server calls its own error',
    500,
    status(500, 'InternalError', 'failed to convert new object (a/b; apps/v1, Kind=Deployment) to proper version: x'),
    'invalid',
    false,
  ],
  ['an etcd election', 500, status(500, 'InternalError', 'etcdserver: leader changed'), 'server', true],
  ['another 500', 500, status(500, 'InternalError', 'nil pointer'), 'server', false],
  [
    'a namespace on its way out',
    403,
    status(403, 'Forbidden', 'forbidden', { causes: [{ reason: 'NamespaceTerminating' }] }),
    'namespace_terminating',
    false,
  ],
  ['a full quota', 403, status(403, 'Forbidden', 'exceeded quota: bots'), 'over_quota', false],
  ['a missing right', 403, status(403, 'Forbidden', 'cannot patch'), 'forbidden', false],
  [
    'a missing namespace',
    404,
    status(404, 'NotFound', 'namespaces "x" not found', { kind: 'namespaces', name: 'x' }),
    'namespace_missing',
    false,
  ],
  [
    'a missing object',
    404,
    status(404, 'NotFound', 'services "x" not found', { kind: 'services' }),
    'not_found',
    false,
  ],
  [
    'a refused value',
    422,
    status(422, 'Invalid', 'spec.replicas', { causes: [{ field: 'spec.replicas' }] }),
    'invalid',
    false,
  ],
  [
    'an update of an object that another one replaced',
    422,
    status(422, 'Invalid', 'metadata.uid: field is immutable', { causes: [{ field: 'metadata.uid' }] }),
    'stale',
    false,
  ],
  ['throttling in plain text', 429, 'Too many requests, please try again later.', 'throttled', true],
  ['a proxy', 502, '<html>bad gateway</html>', 'server', true],
  ['an old resourceVersion', 410, status(410, 'Expired', 'too old'), 'expired', false],
  ['old credentials', 401, status(401, 'Unauthorized', 'Unauthorized'), 'unauthorized', false],
];

describe('an answer of the API server', () => {
  test.each(cases)('%s (%i)', (_, code, body, type, transient) => {
    const failure = failureOf(code, body, false);
    expect(failure.type).toBe(type);
    expect(isTransient(failure)).toBe(transient);
    expect(failure.message).not.toBe('');
    expect(failure.message).not.toContain('<html>');
  });

  test('names manager and field of each conflict', () => {
    const failure = failureOf(409, cases[0]![2], false);
    expect(failure).toMatchObject({ conflicts: [{ manager: 'hpa', field: 'spec.replicas' }] });
  });

  test('about a Secret is told without the words that may echo its value', () => {
    const body = status(422, 'Invalid', 'Secret is invalid: data[KEY]: Invalid value: "c2stYW50"', {
      causes: [{ field: 'data[KEY]', message: 'Invalid value: "c2stYW50"' }],
    });
    const failure = failureOf(422, body, true);
    expect(JSON.stringify(failure)).not.toContain('c2stYW50');
    expect(failure.message).toContain('data[KEY]');
  });
});
