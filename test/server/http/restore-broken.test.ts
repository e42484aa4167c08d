import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RestorePreview } from '../../../server/http/schemas/history.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

const ALPHA = 'instances/bot-alpha.yaml';

let server: TestServer;
let then: string;
let record: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await push('A note', (folder) => {
    const path = join(folder, ALPHA);
    writeFileSync(path, readFileSync(path, 'utf8').replace('spec:', '# Of the night shift.\nspec:'));
  });
  then = main();
  record = at('main', ALPHA);
});
afterEach(async () => server[Symbol.asyncDispose]());

const bare = (): string => join(server.data, 'instances.git');
const main = (): string => gitIn(bare(), 'rev-parse', 'main').trim();
const at = (commit: string, path: string): string => gitIn(bare(), 'show', `${commit}:${path}`);
const files = (folder: string): string => gitIn(bare(), 'ls-tree', '--name-only', 'main', folder).trim();
const preview = async (): Promise<RestorePreview> =>
  (await server.call('POST', 'instances/bot-alpha/restore/preview', { to: then })).body as unknown as RestorePreview;
const restore = (headers: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', 'instances/bot-alpha/restore', { to: then }, headers);

/** A person's commit on main, which the server has read. */
async function push(message: string, change: (folder: string) => void): Promise<void> {
  const folder = join(tempFolder(), 'bots');
  gitIn(bare(), 'clone', '-q', bare(), folder);
  change(folder);
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-q', '-m', message);
  gitIn(folder, 'push', '-q', 'origin', 'HEAD:main');
  await vi.waitFor(async () => expect((await server.call('GET', 'fleet')).body.head).toBe(main()), {
    timeout: PATIENCE_MS,
  });
}

const breakAlpha = (): Promise<void> =>
  push('Two documents', (folder) => writeFileSync(join(folder, ALPHA), `${record}---\n{}\n`));

const refusal = (): string =>
  `${ALPHA}:${record.split('\n').length} can not be read (holds a second document; one file is one document): put it right there, or restore the bot to a commit of before, first.`;

describe('a bot whose record on main is broken', () => {
  test('gets the one that could be read back, comments and all: a restore said that main has it already', async () => {
    await breakAlpha();
    const broken = main();

    expect((await preview()).files.map(({ path }) => path)).toEqual([ALPHA]);
    expect((await restore({ 'if-match': `"${broken}"` })).status).toBe(200);

    expect(at('main', ALPHA)).toBe(record);
    expect(gitIn(bare(), 'rev-parse', 'main~1').trim()).toBe(broken);
    expect((await server.call('GET', 'fleet')).body.problems).toEqual([]);
    expect((await server.call('PUT', 'instances/bot-alpha', { memory_limit: '5Gi' })).status).toBe(200);
  });

  test('is put right by a restore of the fleet too', async () => {
    await breakAlpha();

    expect((await server.call('POST', 'restore', { to: then, remove: [] })).status).toBe(200);

    expect(at('main', ALPHA)).toBe(record);
  });

  test('can be deleted, which keeps its volumes', async () => {
    await breakAlpha();

    expect((await server.call('DELETE', 'instances/bot-alpha')).status).toBe(200);

    expect(files('instances/')).toBe('');
    expect(at('main', 'tombstones/bot-alpha.yaml')).toContain('data: retain');
  });

  test('takes no other edit, and the refusal says what helps', async () => {
    await breakAlpha();

    const { status, body } = await server.call('POST', 'instances/bot-alpha/restart');

    expect(status).toBe(409);
    expect(body.detail).toBe(refusal());
  });

  test('can not be stopped by a commit, and the refusal names the command that stops it: it named none', async () => {
    await breakAlpha();

    const { status, body } = await server.call('POST', 'instances/bot-alpha/stop');

    expect(status).toBe(409);
    expect(body.detail).toBe(
      `${refusal()} To stop it at once: \`kubectl -n claworc scale deployment/bot-alpha --replicas=0\`, which is left alone until its record can be read.`,
    );
  });
});

test('a bot whose record was taken away without a tombstone is restored: that too was told as nothing to do', async () => {
  await push('Gone', (folder) => rmSync(join(folder, ALPHA)));

  expect((await preview()).files.map(({ path }) => path)).toEqual([ALPHA]);
  expect((await restore()).status).toBe(200);

  expect(at('main', ALPHA)).toBe(record);
});

test('a claworc.yaml that is broken on main comes back with a restore of the fleet', async () => {
  const fleet = at('main', 'claworc.yaml');
  await push('Broken', (folder) => writeFileSync(join(folder, 'claworc.yaml'), `${fleet}---\n{}\n`));

  expect((await server.call('POST', 'restore', { to: then, remove: [] })).status).toBe(200);

  expect(at('main', 'claworc.yaml')).toBe(fleet);
});
