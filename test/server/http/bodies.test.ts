import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
let head: string;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  head = (await server.call('GET', 'fleet')).body.head!;
});
afterAll(async () => {
  // Whatever was sent, nothing was written.
  expect((await server.call('GET', 'fleet')).body).toMatchObject({ head, drafts: 0, total: 1 });
  await server[Symbol.asyncDispose]();
});

const invalid = (field: string, detail: RegExp | string) => ({
  status: 400,
  code: 'invalid',
  field,
  detail: expect.stringMatching(detail) as string,
});
const shown = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
  status,
  code: body.code,
  field: body.field,
  detail: body.detail,
});

const BODIES: [string, unknown, string, RegExp | string][] = [
  ['nothing but the name missing', {}, 'display_name', 'display_name is missing'],
  ['a list', [], 'body', 'body must be an object'],
  ['null', 'null', 'body', 'body must be an object'],
  ['a string', '"x"', 'body', 'body must be an object'],
  ['a number', '1', 'body', 'body must be an object'],
  ['a name of the wrong type', { display_name: 7 }, 'display_name', 'must be a string'],
  ['an empty name', { display_name: '' }, 'display_name', 'must not be empty'],
  ['a long name', { display_name: 'x'.repeat(101) }, 'display_name', 'at most 100 characters'],
  ['a name of two lines', { display_name: 'Bot\nAlpha' }, 'display_name', /display_name/],
  ['a name with a control character', { display_name: 'Bot \u0007' }, 'display_name', /display_name/],
  ['a name with a line separator', { display_name: 'Bot \u2028 x' }, 'display_name', /display_name/],
  ['a name with spaces around', { display_name: ' Bot ' }, 'display_name', 'space'],
  ['a name of emoji only', { display_name: '🦞🦞' }, 'display_name', 'leaves no name'],
  ['a name of dots', { display_name: '...' }, 'display_name', 'leaves no name'],
  ['a misspelt field', { display_name: 'x', cpu_limt: '1' }, 'cpu_limt', 'did you mean cpu_limit?'],
  ['a field of the answer', { display_name: 'x', id: 7 }, 'id', 'id is no field of body'],
  ['a status', { display_name: 'x', status: 'running' }, 'status', 'is no field'],
  ['camel case', { display_name: 'x', cpuLimit: '1' }, 'cpuLimit', 'did you mean cpu_limit?'],
  ['a field of another shape', { display_name: 'x', resources: { cpu: '1' } }, 'resources', 'is no field'],
  ['a number as quantity', { display_name: 'x', cpu_limit: 2 }, 'cpu_limit', 'must be a string'],
  ['an empty quantity', { display_name: 'x', cpu_limit: '' }, 'cpu_limit', 'quantity'],
  ['a quantity with a space', { display_name: 'x', cpu_limit: '2 m' }, 'cpu_limit', 'quantity'],
  ['a quantity with a wrong unit', { display_name: 'x', memory_limit: '4GB' }, 'memory_limit', 'quantity'],
  ['a lower-case unit', { display_name: 'x', memory_limit: '4gi' }, 'memory_limit', 'quantity'],
  ['an exponent', { display_name: 'x', memory_limit: '4e9' }, 'memory_limit', 'quantity'],
  ['a negative quantity', { display_name: 'x', cpu_limit: '-1' }, 'cpu_limit', 'quantity'],
  ['a comma in a quantity', { display_name: 'x', cpu_limit: '0,5' }, 'cpu_limit', 'quantity'],
  ['zero CPU', { display_name: 'x', cpu_limit: '0' }, 'cpu_limit', 'more than zero'],
  ['CPU in bytes', { display_name: 'x', cpu_limit: '2Gi' }, 'cpu_limit', 'counts bytes'],
  ['a million cores', { display_name: 'x', cpu_limit: '2000' }, 'cpu_limit', 'did you mean "2000m"'],
  ['finer than a thousandth', { display_name: 'x', cpu_limit: '0.0001' }, 'cpu_limit', 'finer'],
  ['four bytes of memory', { display_name: 'x', memory_limit: '4' }, 'memory_limit', 'less than 1Mi'],
  ['half a byte', { display_name: 'x', memory_limit: '1048576500m' }, 'memory_limit', 'whole number of bytes'],
  [
    'a request over its limit',
    { display_name: 'x', cpu_request: '3', cpu_limit: '2' },
    'cpu_request',
    'over the limit',
  ],
  ['a request over the inherited limit', { display_name: 'x', cpu_request: '3' }, 'cpu_request', 'over the limit'],
  [
    'a limit below the inherited request',
    { display_name: 'x', memory_limit: '512Mi' },
    'memory_limit',
    'over the limit',
  ],
  ['a quantity that is long', { display_name: 'x', cpu_limit: `${'1'.repeat(40)}m` }, 'cpu_limit', 'at most 32'],
  ['no storage', { display_name: 'x', storage_clawd: '0' }, 'storage_clawd', 'more than zero'],
  [
    'storage beyond any disk',
    { display_name: 'x', storage_clawd: '999999Ei' },
    'storage_clawd',
    'more than any volume',
  ],
  ['storage to inherit', { display_name: 'x', storage_clawd: null }, 'storage_clawd', 'must be a string'],
  ['an image with a space', { display_name: 'x', image: 'a b' }, 'image', 'an image such as'],
  ['an image with a flag', { display_name: 'x', image: '--privileged' }, 'image', 'an image such as'],
  ['an empty image', { display_name: 'x', image: '' }, 'image', 'an image such as'],
  ['an unknown exposure', { display_name: 'x', vnc_exposure: 'public' }, 'vnc_exposure', '"proxy" or "nodePort"'],
  ['an exposure in another case', { display_name: 'x', vnc_exposure: 'nodeport' }, 'vnc_exposure', '"nodePort"'],
  ['an exposure of the wrong type', { display_name: 'x', vnc_exposure: true }, 'vnc_exposure', 'must be'],
  ['a config that is an object', { display_name: 'x', clawdbot_config: {} }, 'clawdbot_config', 'must be a string'],
  ['an empty config', { display_name: 'x', clawdbot_config: '' }, 'clawdbot_config', 'line 1, column 1'],
  [
    'a config with a syntax error',
    { display_name: 'x', clawdbot_config: '{\n  "a": 1\n  "b": 2\n}' },
    'clawdbot_config',
    'line 3, column 3',
  ],
  [
    'a config with a comma too many',
    { display_name: 'x', clawdbot_config: '{"a": 1,}' },
    'clawdbot_config',
    'line 1, column 9',
  ],
  ['a config that is a list', { display_name: 'x', clawdbot_config: '[]' }, 'clawdbot_config', 'JSON object'],
  ['a config with a key twice', { display_name: 'x', clawdbot_config: '{"a": 1, "a": 2}' }, 'clawdbot_config', 'twice'],
  ['a config with a comment', { display_name: 'x', clawdbot_config: '{} // x' }, 'clawdbot_config', 'comments'],
  [
    'a config with a key in clear text',
    { display_name: 'x', clawdbot_config: '{"k": "sk-ant-REDACTED-0123456789"}' },
    'clawdbot_config',
    'in clear text',
  ],
  [
    'a config that is too long',
    { display_name: 'x', clawdbot_config: `{"a": "${'x'.repeat(50_000)}"}` },
    'clawdbot_config',
    'at most 49152',
  ],
  [
    'a config that is deep',
    { display_name: 'x', clawdbot_config: `${'{"a":'.repeat(70)}1${'}'.repeat(70)}` },
    'clawdbot_config',
    'nested deeper',
  ],
  ['an empty key', { display_name: 'x', anthropic_api_key: '' }, 'anthropic_api_key', 'must not be empty'],
  ['a key of spaces', { display_name: 'x', openai_api_key: '   ' }, 'openai_api_key', 'empty'],
  ['a key of two lines', { display_name: 'x', brave_api_key: 'a\nb' }, 'brave_api_key', 'line break'],
  [
    'a key of the wrong type',
    { display_name: 'x', openai_api_key: 12345 },
    'openai_api_key',
    'must be a string or null',
  ],
  [
    'a key that is too long',
    { display_name: 'x', openai_api_key: 'x'.repeat(32_769) },
    'openai_api_key',
    'at most 32768',
  ],
  ['keys as a list', { display_name: 'x', api_keys: ['a'] }, 'api_keys', 'must be an object'],
  ['a key with a bad name', { display_name: 'x', api_keys: { 'my-key': 'v' } }, 'api_keys.my-key', 'is no field'],
  ['a key with a lower-case name', { display_name: 'x', api_keys: { gemini: 'v' } }, 'api_keys.gemini', 'is no field'],
  [
    'a further key of the wrong type',
    { display_name: 'x', api_keys: { GEMINI_API_KEY: 1 } },
    'api_keys.GEMINI_API_KEY',
    'must be',
  ],
  [
    'a key in both places',
    { display_name: 'x', openai_api_key: 'a', api_keys: { OPENAI_API_KEY: 'b' } },
    'api_keys.OPENAI_API_KEY',
    'twice',
  ],
  ['reuse_volumes as text', { display_name: 'x', reuse_volumes: 'true' }, 'reuse_volumes', 'true or false'],
  ['a constructor', '{"display_name": "x", "constructor": {}}', 'constructor', 'is no field'],
  ['an unclosed object', '{"display_name": "x"', 'body', 'line 1, column 21'],
  ['an error on the third line', '{\n"display_name": "x",\n"cpu_limit" "1"}', 'body', 'line 3, column 13'],
  [
    'a key twice',
    '{"display_name": "x",\n "display_name": "y"}',
    'body',
    /line 2, column 2: the key "display_name" is there twice/,
  ],
  ['a key twice below', '{"display_name": "x", "api_keys": {"A_KEY": "1", "A_KEY": "2"}}', 'body', 'is there twice'],
  ['a key twice by an escape', '{"display_name": "x", "display\\u005fname": "y"}', 'body', 'is there twice'],
  ['__proto__', '{"display_name": "x", "__proto__": {"admin": true}}', 'body', '__proto__'],
  ['half a surrogate pair', '{"display_name": "\\ud800"}', 'body', 'surrogate'],
  ['single quotes', "{'display_name': 'x'}", 'body', 'line 1, column 2'],
  ['a comment', '/* x */ {"display_name": "x"}', 'body', 'line 1, column 1'],
  ['NaN', '{"display_name": NaN}', 'body', 'line 1, column 18'],
  ['a byte order mark', '\ufeff{"display_name": "x"}', 'body', 'line 1, column 1'],
  ['two documents', '{"display_name": "x"}{"display_name": "y"}', 'body', 'line 1, column 22'],
  ['an empty text', ' ', 'body', 'line 1, column 2'],
  ['deep nesting', '['.repeat(50_000), 'body', 'nested more than 200 deep'],
  ['YAML', 'display_name: x', 'body', 'line 1, column 1'],
  ['a form', 'display_name=x', 'body', 'line 1, column 1'],
];

const UPDATES: [string, unknown, string, RegExp | string][] = [
  ['no name', { display_name: null }, 'display_name', 'must be a string'],
  ['another id', { id: 2 }, 'id', 'is no field'],
  ['another name', { name: 'bot-beta' }, 'name', 'is no field'],
  ['a config', { clawdbot_config: '{}' }, 'clawdbot_config', 'is no field'],
  ['reuse_volumes', { reuse_volumes: true }, 'reuse_volumes', 'is no field'],
  ['a request over its limit', { memory_request: '8Gi' }, 'memory_request', 'over the limit'],
  ['no storage', { storage_chrome: null }, 'storage_chrome', 'must be a string'],
  ['a bad quantity in nullable', { cpu_limit: 'lots' }, 'cpu_limit', 'quantity'],
];

const SETTINGS: [string, unknown, string, RegExp | string][] = [
  ['a system namespace', { namespace: 'kube-system' }, 'namespace', 'belongs to Kubernetes'],
  ['a bad namespace', { namespace: 'Claworc' }, 'namespace', 'a Kubernetes name'],
  ['a namespace with a dot', { namespace: 'a.b' }, 'namespace', 'a Kubernetes name'],
  ['a default of null', { default_cpu_limit: null }, 'default_cpu_limit', 'must be a string'],
  ['a default request over its limit', { default_cpu_request: '9' }, 'default_cpu_request', 'over the limit'],
  ['a default of zero', { default_storage_clawd: '0' }, 'default_storage_clawd', 'more than zero'],
  ['recipients', { recipients: ['age1x'] }, 'recipients', 'is no field'],
  ['a misspelt key', { antropic_api_key: 'x' }, 'antropic_api_key', 'did you mean anthropic_api_key?'],
];

describe('a bad body is refused with its field and place, and writes nothing', () => {
  test.each(BODIES)('create: %s', async (_name, body, field, detail) => {
    expect(shown(await server.call('POST', 'instances', body))).toEqual(invalid(field, detail));
  });

  test.each(UPDATES)('update: %s', async (_name, body, field, detail) => {
    expect(shown(await server.call('PUT', 'instances/1', body))).toEqual(invalid(field, detail));
  });

  test.each(SETTINGS)('settings: %s', async (_name, body, field, detail) => {
    expect(shown(await server.call('PUT', 'settings', body))).toEqual(invalid(field, detail));
  });

  test('an action takes no arguments, a query no unknown ones', async () => {
    expect(shown(await server.call('POST', 'instances/1/stop', { force: true }))).toEqual(
      invalid('force', 'is no field'),
    );
    expect(shown(await server.call('POST', 'instances/1/stop', []))).toEqual(invalid('body', 'must be an object'));
    expect(shown(await server.call('DELETE', 'instances/1?data=keep'))).toEqual(
      invalid('data', '"retain" or "destroy"'),
    );
    expect(shown(await server.call('DELETE', 'instances/1?force=1'))).toEqual(invalid('force', 'is no field'));
    expect(shown(await server.call('GET', 'instances/1/logs?tail=-1'))).toEqual(invalid('tail', /tail/));
    expect(shown(await server.call('GET', 'instances/1/history?limit=all'))).toEqual(invalid('limit', /limit/));
  });

  test('a missing body, one that is no UTF-8, and one over 1 MiB', async () => {
    const none = await server.call('POST', 'instances', undefined, { 'content-type': 'application/json' });
    expect(shown(none)).toEqual(invalid('body', 'must be an object'));
    expect((await raw(Buffer.from([0x7b, 0xff, 0x7d]))).body).toMatchObject({ code: 'invalid', field: 'body' });
    const large = await raw(Buffer.alloc(3 * 1024 * 1024, ' '));
    expect([large.status, large.body.code]).toEqual([413, 'too_large']);
  });

  test('says nothing of a value that was refused', async () => {
    const secret = 'sk-ant-canary-canary-canary';
    for (const body of [
      { display_name: 'x', anthropic_api_key: [secret] },
      { display_name: 'x', anthropic_api_key: `${secret}\nx` },
      { display_name: 'x', cpu_limit: secret },
      `{"anthropic_api_key": "${secret}", }`,
      `{"anthropic_api_key": "${secret}`,
    ]) {
      const answer = await server.call('POST', 'instances', body);
      expect([answer.status, answer.text.includes('canary')]).toEqual([400, false]);
    }
    expect(JSON.stringify(server.lines)).not.toContain('canary');
  });
});

function raw(body: Buffer): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${server.address}/api/v1/instances`,
      { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          resolve({
            status: answer.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
