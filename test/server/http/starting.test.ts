import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeManyBots } from '../many-bots.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Starting {
  readonly address: string;
  /** Lets the start go on. */
  readonly goOn: () => void;
  readonly fail: (error: Error) => void;
  readonly started: Promise<TestServer>;
}

/** A server that listens and does not get any further until it is told to. */
async function startSlowly(): Promise<Starting> {
  const listening = Promise.withResolvers<string>();
  const prepared = Promise.withResolvers<{ ui: string }>();
  const data = tempFolder();
  const started = startTestServer({
    data,
    prepare: (onProgress) => {
      onProgress('asking <the> oracle');
      return prepared.promise;
    },
    onListening: listening.resolve,
  });
  started.catch(() => undefined);
  return {
    address: await listening.promise,
    goOn: () => prepared.resolve({ ui: join(data, 'no-ui') }),
    fail: prepared.reject,
    started,
  };
}

const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json();

/** What somebody is answered who names the server otherwise, which `fetch` can't do. */
function askAs(host: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (answer) => {
      let text = `${answer.statusCode} `;
      answer.on('data', (part: Buffer) => (text += part.toString())).on('end', () => resolve(text));
    });
    asked.on('error', reject).end();
  });
}

test('who asks before everything is open is told how far the start is, and served at the same address afterwards', async () => {
  const { address, goOn, started } = await startSlowly();

  const health = await getJson(`${address}/health`);
  const api = await fetch(`${address}/api/v1/instances`);
  const page = await fetch(`${address}/bots/bot-alpha`);
  goOn();
  await using server = await started;

  expect(health).toMatchObject({ status: 'starting', git: 'asking <the> oracle' });
  expect([api.status, api.headers.get('retry-after'), await api.json()]).toEqual([
    503,
    '2',
    { code: 'starting', detail: 'Claworc is starting: asking <the> oracle.' },
  ]);
  expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
  expect(await page.text()).toMatch(/http-equiv="refresh"[^]*asking &#60;the&#62; oracle/);
  expect(server.address).toBe(address);
  expect((await server.call('GET', 'instances')).status).toBe(200);
});

test('the gate stands from the first moment, and tells strangers nothing of the house', async () => {
  const { address, goOn, started } = await startSlowly();

  const page = await askAs('evil.example', `${address}/`);
  const health = await askAs('10.1.2.3:8080', `${address}/health`);
  goOn();
  await using server = await started;

  expect(page).toMatch(/^403 \{"detail":"Refused: /);
  expect(health).toMatch(/^200 .*"git":"starting"/);
  expect((await server.call('GET', 'health')).status).toBe(200);
});

test('a start that fails gives its address back', async () => {
  const { address, fail, started } = await startSlowly();
  expect(await getJson(`${address}/health`)).toMatchObject({ status: 'starting' });

  fail(new Error('no oracle'));

  await expect(started).rejects.toThrow('no oracle');
  await expect(fetch(`${address}/health`)).rejects.toThrow();
});

test('while main is read for the first time, health says how many bots of it are', async () => {
  const repo = join(tempFolder(), 'bots.git');
  await makeManyBots(repo, 150);
  const heard = new Set<string>();
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const listen = async (address: string): Promise<void> => {
    while (!over.signal.aborted) heard.add(((await getJson(`${address}/health`)) as { git: string }).git);
  };
  let listening: Promise<void> = Promise.resolve();

  await using server = await startTestServer({ repo, onListening: (address) => void (listening = listen(address)) });
  over.abort();
  await listening;

  expect([...heard]).toContainEqual(expect.stringMatching(/^reading main, \d+ of 150 bots$/));
  expect((await server.call('GET', 'fleet')).body.problems).toEqual([]);
});
