import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RemoteAccess } from '../../../../server/git/remote/access.ts';
import { redirectTo, type Fault } from '../../../support/git-http/faults.ts';
import { startGitHttp, type GitHttp } from '../../../support/git-http/git-http.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { keepingLog, type LogLine } from '../../running-server.ts';
import { change, creation, editOf, FLEET, openHouse, recordOf, withSpec, type House } from './fixture.ts';

const TOKEN = 'canary-7f3a-token-of-the-remote';
const START = (): Parameters<House['publish']>[0] =>
  editOf('Start', { kind: 'Fleet', base: null, next: FLEET }, creation(recordOf('bot-a')));

interface Served {
  readonly house: House;
  readonly server: GitHttp;
  readonly credentials: string;
  readonly lines: readonly LogLine[];
}

async function served(
  options: { readonly token?: string; readonly access?: RemoteAccess; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Served> {
  const server = await startGitHttp({ users: { 'x-access-token': TOKEN } });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const repository = await server.createRepository('bots');
  const credentials = join(tempFolder(), 'token');
  writeFileSync(credentials, `${options.token ?? TOKEN}\n`);
  const { access = { credentials }, environment = {} } = options;
  const lines: LogLine[] = [];
  const house = await openHouse({
    remote: { folder: repository.folder, url: repository.url(), access, environment },
    log: keepingLog(lines),
  });
  return { house, server, credentials, lines };
}

const trouble = (house: House, kind: string) =>
  vi.waitFor(() => expect(house.publisher.state()).toMatchObject({ state: 'remote', trouble: kind }), {
    timeout: PATIENCE_MS,
  });
const detail = ({ publisher }: House): string => JSON.stringify(publisher.state());

describe('main on a remote over http', () => {
  it('is published to and imported from with the token of a file', async () => {
    const { house } = await served();
    house.start();
    await house.published(START());
    const text = house.person.read('instances/bot-a.yaml').replace('displayName: bot-a', 'displayName: Anna');
    house.person.push('Rename', { 'instances/bot-a.yaml': text });

    await vi.waitFor(() => expect(house.record('bot-a').spec.displayName).toBe('Anna'), { timeout: PATIENCE_MS });
  });

  it('says that the token is wrong, and publishes what waited once the right one stands in the file', async () => {
    const { house, credentials } = await served({ token: 'wrong-token' });
    house.start();
    const edit = START();
    house.publisher.submit(edit);
    await trouble(house, 'unauthorized');
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });

    writeFileSync(credentials, TOKEN);
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
  });

  it('is opened by a command that speaks the protocol of credential helpers', async () => {
    const helper = join(tempFolder(), 'helper');
    writeFileSync(helper, `#!/bin/sh\n[ "$1" = get ] && printf 'username=x-access-token\\npassword=%s\\n' ${TOKEN}\n`);
    chmodSync(helper, 0o755);
    const { house } = await served({ access: { credentialHelper: helper } });
    house.start();

    await house.published(START());
  });

  it.each<[string, Fault]>([
    ['unauthorized', { kind: 'answer', status: 401 }],
    ['may_not_push', { kind: 'answer', status: 403 }],
    ['not_found', { kind: 'answer', status: 404 }],
    ['unreachable', { kind: 'answer', status: 500 }],
    ['unreachable', { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Login</h1>' }],
    ['unreachable', { kind: 'cut', afterBytes: 10 }],
  ])('is %s for %j, keeps the edit, and goes on by itself', async (kind, fault) => {
    const { house, server } = await served();
    house.start();
    await house.published(START());
    const head = await house.repository.head();
    const injected = server.inject(fault);
    const edit = editOf('Add', creation(recordOf('bot-b')));
    house.publisher.submit(edit);
    await trouble(house, kind);
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });
    expect(await house.repository.head()).toBe(head);

    injected.lift();
    house.publisher.pull();
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
  });

  it('may let a push wait: the edit is published by the answer and in one commit', async () => {
    const { house, server } = await served();
    house.start();
    await house.published(START());
    const held = server.inject(
      { kind: 'hold' },
      { when: (method, path) => method === 'POST' && path.includes('receive') },
    );
    const base = house.record('bot-a');
    const edit = editOf('Stop', change(base, withSpec(base, { state: 'stopped' })));
    house.publisher.submit(edit);
    await held.met;
    expect(await house.publisher.settled(edit.id, 1)).toEqual({ state: 'pending' });

    held.lift();
    expect(await house.publisher.settled(edit.id, 60_000)).toMatchObject({ state: 'published' });
  });

  it('that redirects to another host gives that host neither the token nor a question', async () => {
    const { house, server } = await served();
    const other = await startGitHttp({ users: { 'x-access-token': 'another' } });
    onTestFinished(() => other[Symbol.asyncDispose]());
    server.inject((path) => redirectTo(other.url, path));
    house.start();
    await trouble(house, 'redirected');

    expect(other.requests).toEqual([]);
  });

  it('is asked through the proxy that the environment names', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(502).end();
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    onTestFinished(() => void proxy.close());
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const { house, server } = await served({ environment: { http_proxy: address } });
    house.start();
    await trouble(house, 'unreachable');

    expect(asked[0]).toBe(`${server.url}/bots.git/info/refs?service=git-upload-pack`);
    expect(server.requests).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no trace of the token: not in arguments, logs, states, files of the mirror or the database',
    async () => {
      const { house, server, lines, credentials } = await served();
      const seen = new Set<string>();
      const sampling = setInterval(() => sampleArguments(seen), 2);
      onTestFinished(() => clearInterval(sampling));
      const stop = house.start();
      await house.published(START());
      const refused = server.inject({ kind: 'answer', status: 403, body: TOKEN });
      house.publisher.submit(editOf('Add', creation(recordOf('bot-b'))));
      await trouble(house, 'may_not_push');
      const told = detail(house);
      writeFileSync(credentials, `wrong ${TOKEN}`);
      refused.lift();
      house.publisher.pull();
      await trouble(house, 'unauthorized');
      const alsoTold = detail(house);
      await stop();

      expect([...seen].some((line) => line.includes('git') && line.includes('push'))).toBe(true);
      const texts = [...seen, told, alsoTold, JSON.stringify(lines), ...filesBelow(join(house.folder, 'data'))];
      expect(texts.filter((text) => text.includes(TOKEN))).toEqual([]);
    },
  );
});

function sampleArguments(seen: Set<string>): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      seen.add(readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' '));
    } catch {
      // Ended meanwhile.
    }
  }
}

function filesBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'));
}
