import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
