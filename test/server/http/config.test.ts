import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const read = () => server.call('GET', 'instances/bot-alpha/config');
const put = (config: string, revision?: string | null): Promise<Answer> =>
  server.call(
    'PUT',
    'instances/bot-alpha/config',
    { config },
    revision === undefined || revision === null ? {} : { 'if-match': `"${revision}"` },
  );

describe('the config of a bot', () => {
  test('is {} at first, and comes back byte for byte', async () => {
    expect((await read()).body.config).toBe('{}\n');
    for (const text of [
      '{"a":1}',
      '{\n\t"b" : "ä ✓ 🦞",\r\n  "c": "${ANTHROPIC_API_KEY}"\n}\n\n',
      '{"x": "y: |\\n  z"}  ',
    ]) {
      const { body } = await read();
      const saved = await put(text, body.revision);
      expect([saved.status, saved.body.config]).toEqual([200, text]);
      expect((await read()).body.config).toBe(text);
      expect(saved.headers.get('etag')).toBe(`"${saved.body.revision ?? ''}"`);
    }
  });

  test('is replaced only with If-Match, and only on the revision that is there', async () => {
    const { revision } = (await read()).body;
    expect((await put('{"a":2}')).body).toMatchObject({ code: 'precondition_required', field: 'If-Match' });
    expect((await put('{"a":2}')).status).toBe(428);
    expect((await put('{"a":2}', revision)).status).toBe(200);

    const stale = await put('{"a":3}', revision);

    expect([stale.status, stale.body.code]).toEqual([412, 'stale']);
    expect((await read()).body.config).toBe('{"a":2}');
    const any = await server.call('PUT', 'instances/1/config', { config: '{"a":4}' }, { 'if-match': '*' });
    expect(any.status).toBe(200);
  });

  test('with a syntax error is refused with line and column, and nothing is saved', async () => {
    const { body } = await read();
    const refused = await put('{\n  "a": 1,\n  "a": 2\n}', body.revision);
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code: 'invalid', field: 'config', line: 3, column: 3 });
    expect((await read()).body).toEqual(body);
  });

  test('restarts the bot when it changes, which its preview says, and makes no commit when it does not', async () => {
    const { body } = await read();
    const preview = await server.call('POST', 'instances/1/preview', { config: '{"a":5}' });
    expect(preview.body.restarts).toEqual(['bot-alpha']);
    expect((preview.body.files as { path: string }[]).map(({ path }) => path)).toEqual([
      'dist/bot-alpha/configmap-config.yaml',
      'dist/bot-alpha/deployment.yaml',
      'instances/bot-alpha.yaml',
    ]);
    const same = await put(body.config as string, body.revision);
    expect([same.status, same.body.revision]).toEqual([200, body.revision]);
    expect((await server.call('POST', 'instances/1/preview', { config: body.config })).body.files).toEqual([]);
  });
});

describe('a preview', () => {
  test('of a creation lists exactly the files that the commit then has', async () => {
    const body = { display_name: 'Bot Gamma', cpu_limit: '3' };
    const preview = await server.call('POST', 'instances/preview', body);
    const created = await server.call('POST', 'instances', body);
    const commit = await server.call('GET', `commits/${created.body.revision ?? ''}`);

    const paths = (files: unknown): string[] => (files as { path: string }[]).map(({ path }) => path);
    expect(paths(preview.body.files)).toEqual(paths(commit.body.files));
    const additions = (files: unknown): string[] =>
      (files as { patch: string }[]).map(({ patch }) =>
        patch
          .split('\n')
          .filter((line) => /^\+(?!\+\+)/.test(line))
          .join('\n'),
      );
    expect(additions(preview.body.files)).toEqual(additions(commit.body.files));
    expect(preview.body.restarts).toEqual([]);
  });

  test('of a deletion shows the tombstone; of nothing, nothing; of two things at once, a refusal', async () => {
    const gone = await server.call('POST', 'instances/bot-gamma/preview', { action: 'delete', data: 'destroy' });
    expect(gone.body.files).toContainEqual(
      expect.objectContaining({
        path: 'tombstones/bot-gamma.yaml',
        patch: expect.stringContaining('+  data: destroy') as string,
      }),
    );
    expect((await server.call('POST', 'instances/bot-gamma/preview', { action: 'start' })).body.files).toEqual([]);
    expect((await server.call('POST', 'instances/bot-gamma/preview', { action: 'stop', config: '{}' })).status).toBe(
      400,
    );
    expect((await server.call('POST', 'instances/bot-gamma/preview', { data: 'destroy' })).body.field).toBe('data');
    expect((await server.call('GET', 'instances/bot-gamma')).body.sync).toBe('published');
  });
});
