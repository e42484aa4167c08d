import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

const BIG = `export const text = '${'claworc '.repeat(4_000)}';\n`;

let server: TestServer;
let port: number;
beforeAll(async () => {
  const ui = await mkdtemp(join(tmpdir(), 'claworc-ui-'));
  await mkdir(join(ui, 'assets'));
  await writeFile(join(ui, 'index.html'), '<!doctype html><title>x</title>');
  await writeFile(join(ui, 'assets/big-1a2b.js'), BIG);
  server = await startTestServer({ ui });
  port = Number(new URL(server.address).port);
});
afterAll(async () => server[Symbol.asyncDispose]());

interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are; clients of Node would put an address right first. */
function send(text: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('end', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
      resolve({ status: Number(head.split(' ')[1]), head: head.toLowerCase(), body });
    });
  });
}

const get = (target: string, ...headers: string[]) =>
  send([`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close', ...headers, '', ''].join('\r\n'));

const errors = () => server.lines.filter(({ level }) => level === 'error');

describe('a strange address', () => {
  test('is named whole where nothing is at it', async () => {
    const { body } = await get('/assets/%2e%2e%2fx.js');

    expect(body).toContain('GET \\"/assets/../x.js\\" here');
  });

  test.each([
    ['/..%2f..', 404],
    ['/assets/..%2f..', 404],
    ['/assets/..%2f..%2fetc/passwd.js', 404],
    ['/assets/..%5c..%5cx', 404],
    ['/assets/%00', 404],
    ['/x%00.js', 404],
    ['//x/%2e%2e', 404],
    ['/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/assets/.%2e/x.js', 404],
    ['/assets/missing.js', 404],
    ['/.git/config', 404],
    [`/api/v1/instances/${'x'.repeat(300)}`, 404],
    ['/%', 400],
    ['/%c0%ae', 400],
    ['/%zz', 400],
    ['/api/v1/instances/%ff', 400],
  ])('%s is answered in our own shape, with our headers, and nothing in the log', async (target, status) => {
    const answer = await get(target);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      detail: expect.any(String) as string,
      code: status === 400 ? 'invalid' : 'not_found',
    });
    expect(answer.head).toContain("content-security-policy: default-src 'none'");
    expect(answer.head).toContain('x-content-type-options: nosniff');
    expect(errors()).toEqual([]);
  });

  test('is looked at after the gate, also when it is malformed', async () => {
    for (const target of ['/%', '/%c0%ae', '/..%2f..']) {
      const answer = await send(`GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);

      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([403, { code: 'forbidden' }]);
      expect(answer.head).toContain('content-security-policy');
    }
  });

  test('in absolute form is taken where it names this server', async () => {
    expect((await get(`http://127.0.0.1:${port}/api/v1/health`)).status).toBe(200);
    expect((await get('http://evil.example/api/v1/health')).status).toBe(403);
  });
});

describe('a strange request', () => {
  test('with two Hosts is refused', async () => {
    const answer = await get('/api/v1/health', 'Host: evil.example');

    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([400, { code: 'invalid' }]);
  });

  test('that is no HTTP gets our headers too', async () => {
    const answer = await send('NONSENSE\r\n\r\n');

    expect(answer.status).toBe(400);
    expect(answer.head).toContain("content-security-policy: default-src 'none'");
  });

  test('that is too long is told so, and not that it is no HTTP', async () => {
    const answer = await get('/api/v1/health', `X-Long: ${'x'.repeat(40_000)}`);

    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      431,
      { detail: 'The headers of the request are too long.', code: 'invalid' },
    ]);
    expect(answer.head).toContain("content-security-policy: default-src 'none'");
  });

  test('that would like another protocol is answered in this one, as curl and Java ask by default', async () => {
    const request = ['GET /api/v1/instances HTTP/1.1', `Host: 127.0.0.1:${port}`];
    const upgrade = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];

    expect((await send([...request, ...upgrade, '', ''].join('\r\n'))).status).toBe(200);
  });

  test('with an expectation that nobody knows is answered all the same, after the gate', async () => {
    expect((await get('/api/v1/health', 'Expect: weird')).status).toBe(200);

    const foreign = await send('GET / HTTP/1.1\r\nHost: evil.example\r\nExpect: weird\r\nConnection: close\r\n\r\n');
    expect(foreign.status).toBe(403);
  });

  test.each([
    ['nowhere', '', 404, 'not_found'],
    ['without a ticket that counts', 'instances/bot-a/screens/chrome?ticket=x', 401, 'forbidden'],
  ])('for a WebSocket %s has the code of its status', async (_where, path, status, code) => {
    const answer = await send(
      [
        `GET /api/v1/${path} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        `Origin: http://127.0.0.1:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        '',
        '',
      ].join('\r\n'),
    );

    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, { code }]);
  });

  test('whose client goes away within the body leaves nothing in the log, since anybody can do it', async () => {
    const before = server.lines.length;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        const head = ['POST /api/v1/instances HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Content-Type: application/json'];
        socket.write([...head, 'Content-Length: 100', '', '{"display_'].join('\r\n'), () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    // A request on another connection is answered after the server has noticed the first one's end.
    await expect.poll(async () => (await server.call('GET', 'health')).status).toBe(200);

    expect(server.lines.slice(before).filter(({ level }) => level !== 'info')).toEqual([]);
  });
});

describe('/health', () => {
  test('answers a kubelet, which asks by the address of the pod, without details', async () => {
    const probe = await send('GET /health HTTP/1.1\r\nHost: 10.244.0.25:8080\r\nConnection: close\r\n\r\n');
    const own = await server.call('GET', 'health');

    expect(probe.status).toBe(200);
    expect(JSON.parse(probe.body)).toEqual({ status: 'degraded', kubernetes: 'degraded', database: 'ok', git: 'ok' });
    expect(own.body.kubernetes).not.toBe('degraded');
  });
});

describe('an answer', () => {
  const fetchRaw = async (path: string, accept: string, method = 'GET') => {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept-Encoding: ${accept}\r\nConnection: close\r\n\r\n`,
        ),
      );
      socket.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      socket.on('error', reject);
    });
    const split = answer.indexOf('\r\n\r\n');
    const head = answer.toString('latin1', 0, split).toLowerCase();
    const rest = answer.subarray(split + 4);
    return { head, body: head.includes('transfer-encoding: chunked') ? dechunk(rest) : rest };
  };

  test('over 1 KiB is compressed for whoever takes it, and says to caches what it depends on', async () => {
    const packed = await fetchRaw('/api/v1/openapi.json', 'br, gzip');
    const plain = await fetchRaw('/api/v1/openapi.json', 'identity');

    expect(packed.head).toContain('content-encoding: gzip');
    expect(packed.head).toContain('vary: accept-encoding');
    expect(plain.head).toContain('vary: accept-encoding');
    expect(plain.head).not.toContain('content-encoding');
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(plain.body.length / 4);
  });

  test('that is a file of the dashboard is compressed as well', async () => {
    const packed = await fetchRaw('/assets/big-1a2b.js', 'gzip');

    expect(packed.head).toContain('content-encoding: gzip');
    expect(packed.head).toContain('immutable');
    expect(gunzipSync(packed.body).toString()).toBe(BIG);
    expect((await fetchRaw('/assets/big-1a2b.js', 'gzip;q=0')).body.toString()).toBe(BIG);
    expect((await fetchRaw('/assets/big-1a2b.js', 'gzip', 'HEAD')).head).toContain(`content-length: ${BIG.length}`);
  });

  test('that is short is left alone, and so is a stream of events', async () => {
    expect((await fetchRaw('/health', 'gzip')).head).not.toContain('content-encoding');

    const events = await fetch(`${server.address}/api/v1/events`, { headers: { 'accept-encoding': 'gzip' } });
    expect([events.headers.get('content-encoding'), events.headers.get('content-type')]).toEqual([
      null,
      'text/event-stream; charset=utf-8',
    ]);
    await events.body?.cancel();
  });
});

function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
