import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConnection } from '../../../server/cluster/connection.ts';

let folder = '';
const file = (name: string): string => join(folder, name);
const kubeconfig = (name: string, user: object = { token: `token-of-${name}` }): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: `https://${name}.example:6443/`,
          'certificate-authority-data': Buffer.from('ca').toString('base64'),
        },
      },
    ],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'bots' } }],
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claworc-kubeconfig-'));
  await writeFile(file('one'), kubeconfig('one'));
  await writeFile(file('two'), kubeconfig('two', { tokenFile: 'token' }));
  await writeFile(file('token'), 'first\n');
  await writeFile(file('broken'), '{');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a kubeconfig', () => {
  test('gives server, authority and token of its current context', async () => {
    const connection = await loadConnection({ kubeconfig: file('one'), env: {} });
    expect(connection).toMatchObject({ context: 'one', server: 'https://one.example:6443', namespace: 'bots' });
    expect(connection.tls.ca?.toString()).toBe('ca');
    expect(await connection.headers()).toEqual({ Authorization: 'Bearer token-of-one' });
  });

  test('may name a token file, which is read again', async () => {
    let now = 0;
    const connection = await loadConnection({ kubeconfig: file('two'), env: {}, clock: { now: () => now } });
    expect(await connection.headers()).toEqual({ Authorization: 'Bearer first' });
    await writeFile(file('token'), 'second');
    expect(await connection.headers()).toEqual({ Authorization: 'Bearer first' });
    now = 31_000;
    expect(await connection.headers()).toEqual({ Authorization: 'Bearer second' });
    await rm(file('token'));
    now = 62_000;
    expect(await connection.headers()).toEqual({ Authorization: 'Bearer second' });
    await writeFile(file('token'), 'first\n');
  });

  test('may impersonate in several groups, each sent on a line of its own', async () => {
    await writeFile(file('groups'), kubeconfig('groups', { token: 't', as: 'ann', 'as-groups': ['dev', 'ops'] }));

    const connection = await loadConnection({ kubeconfig: file('groups'), env: {} });

    expect(await connection.headers()).toMatchObject({ 'Impersonate-Group': ['dev', 'ops'] });
  });

  test('may name a credential plugin by a path from its own folder', async () => {
    const status = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'token-of-plugin' },
    });
    await mkdir(file('bin'));
    await writeFile(file('bin/login.sh'), `#!/bin/sh\necho '${status}'\n`, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login.sh', interactiveMode: 'Never' };
    await writeFile(file('plugin'), kubeconfig('plugin', { exec }));

    const connection = await loadConnection({ kubeconfig: file('plugin'), env: {} });

    expect(await connection.headers()).toEqual({ Authorization: 'Bearer token-of-plugin' });
  });

  test('may name its certificates by paths from its own folder', async () => {
    await writeFile(file('client.pem'), 'certificate');
    await writeFile(file('client.key'), 'key');
    const user = { 'client-certificate': 'client.pem', 'client-key': './client.key' };
    await writeFile(file('certificates'), kubeconfig('certificates', user));

    const { tls } = await loadConnection({ kubeconfig: file('certificates'), env: {} });

    expect([tls.cert?.toString(), tls.key?.toString()]).toEqual(['certificate', 'key']);
  });

  test('may give a name and a password', async () => {
    await writeFile(file('basic'), kubeconfig('basic', { username: 'ann', password: 'secret' }));

    const connection = await loadConnection({ kubeconfig: file('basic'), env: {} });

    expect(await connection.headers()).toEqual({
      Authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    });
  });

  test('may have an auth-provider of the old kind', async () => {
    const config = { 'access-token': 'token-of-provider', expiry: '2999-01-01T00:00:00Z' };
    await writeFile(file('provider'), kubeconfig('provider', { 'auth-provider': { name: 'gcp', config } }));

    const connection = await loadConnection({ kubeconfig: file('provider'), env: {} });

    expect(await connection.headers()).toEqual({ Authorization: 'Bearer token-of-provider' });
    expect(connection.tls.ca?.toString()).toBe('ca');
  });

  test('with an http: address is refused, as credentials would go over it in the open', async () => {
    await writeFile(file('open'), kubeconfig('open').replace('https://', 'http://'));

    await expect(loadConnection({ kubeconfig: file('open'), env: {} })).rejects.toMatchObject({
      code: 'cluster_unreachable',
      message: expect.stringContaining('insecure-skip-tls-verify') as string,
    });
  });

  test('may say where its server is called otherwise and that nobody checks it', async () => {
    const text = kubeconfig('one').replace(
      '"server":',
      '"tls-server-name":"inside","insecure-skip-tls-verify":true,"server":',
    );
    await writeFile(file('unchecked'), text);

    expect((await loadConnection({ kubeconfig: file('unchecked'), env: {} })).tls).toMatchObject({
      servername: 'inside',
      rejectUnauthorized: false,
    });
  });

  test('that names a cluster which it lacks is refused', async () => {
    await writeFile(file('lost'), kubeconfig('lost').replace('"cluster":"lost"', '"cluster":"gone"'));

    await expect(loadConnection({ kubeconfig: file('lost'), env: {} })).rejects.toMatchObject({
      code: 'usage',
      message: 'context lost names a cluster that the kubeconfig lacks',
    });
  });

  test('that is no YAML is refused with the place of the fault and without its text', async () => {
    await writeFile(file('torn'), 'users:\n- name: one\n  user: {token: topsecret');

    const refused = await loadConnection({ kubeconfig: file('torn'), env: {} }).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining('line 3') as string });
    expect(String(refused)).not.toContain('topsecret');
  });

  test('may name a proxy, which wins over that of the environment', async () => {
    const text = kubeconfig('one').replace('"server":', '"proxy-url":"http://proxy.example:3128","server":');
    await writeFile(file('proxied'), text);

    expect(await loadConnection({ kubeconfig: file('proxied'), env: { HTTPS_PROXY: 'http://other:1' } })).toMatchObject(
      {
        proxy: 'http://proxy.example:3128/',
      },
    );
    expect(await loadConnection({ kubeconfig: file('one'), env: { HTTPS_PROXY: 'http://other:1' } })).toMatchObject({
      proxy: 'http://other:1/',
    });
  });

  test('without the wanted context is refused with the names that it has', async () => {
    const wanted = loadConnection({
      kubeconfig: `${file('one')}${delimiter}${file('two')}`,
      context: 'three',
      env: {},
    });
    await expect(wanted).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('it has one, two') as string,
    });
  });

  test.each(['missing', 'broken'])('that is %s is refused by its name', async (name) => {
    await expect(loadConnection({ kubeconfig: file(name), env: {} })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(file(name)) as string,
    });
  });
});

describe('with nothing named', () => {
  test('KUBECONFIG is followed by kubectl conventions only', async () => {
    const env = { KUBECONFIG: `${file('missing')}${delimiter}${file('two')}${delimiter}${file('one')}` };
    await expect(loadConnection({ env })).rejects.toMatchObject({ code: 'usage' });
    expect((await loadConnection({ env, conventions: 'kubectl' })).context).toBe('two');
    expect((await loadConnection({ env, conventions: 'kubectl', context: 'one' })).context).toBe('one');
  });
});
