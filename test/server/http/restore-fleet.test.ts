import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetRestorePreview } from '../../../server/http/schemas/history.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';

let server: TestServer;
let then: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha', vnc_exposure: 'nodePort' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta', vnc_exposure: 'nodePort' });
  then = main();
});
afterEach(async () => server[Symbol.asyncDispose]());

const bare = (): string => join(server.data, 'instances.git');
const main = (): string => gitIn(bare(), 'rev-parse', 'main').trim();
const files = (folder: string): string => gitIn(bare(), 'ls-tree', '--name-only', 'main', folder).trim();
const at = (commit: string, path: string): string => gitIn(bare(), 'show', `${commit}:${path}`);
const restore = (remove: readonly string[] = [], query = ''): Promise<Answer> =>
  server.call('POST', `restore${query}`, { to: then, remove });
const preview = async (): Promise<FleetRestorePreview> =>
  (await server.call('POST', 'restore/preview', { to: then })).body as unknown as FleetRestorePreview;

/** A fleet that has moved on: a bot changed, one gone, one new that has its ports, and another default. */
async function moveOn(): Promise<void> {
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
  await server.call('DELETE', 'instances/bot-beta');
  await server.call('POST', 'instances', { display_name: 'Bot Gamma', vnc_exposure: 'nodePort' });
  await server.call('PUT', 'settings', { image: 'registry.example/bot:2' });
}

describe('a restored fleet', () => {
  test('is one commit: bots changed, back and removed, and the defaults of then; a preview said so', async () => {
    await moveOn();
    const before = main();

    const { effect, removes, message, notes } = await preview();
    expect(main()).toBe(before);
    const answer = await restore(['bot-gamma']);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ message, removes: ['bot-gamma'] });
    expect(removes).toEqual(['bot-gamma']);
    expect(effect.bots.map(({ name, action }) => `${action} ${name}`).sort()).toEqual([
      'configure bot-alpha',
      'configure fleet',
      'create bot-beta',
      'remove bot-gamma',
    ]);
    expect(gitIn(bare(), 'rev-list', '--count', `${before}..main`).trim()).toBe('1');
    for (const path of ['claworc.yaml', 'instances/bot-alpha.yaml', 'instances/bot-beta.yaml']) {
      expect(at('main', path)).toBe(at(then, path));
    }
    expect(files('instances/')).toBe('instances/bot-alpha.yaml\ninstances/bot-beta.yaml');
    expect(files('tombstones/')).toBe('tombstones/bot-gamma.yaml');
    expect(at('main', 'tombstones/bot-gamma.yaml')).toContain('data: retain');
    expect(notes).toContain(
      'bot-beta: It takes over what was kept of its volumes; without a cluster nobody can say whether that is still there.',
    );
  });

  test('removes no bot that was not named, and does nothing where another one was', async () => {
    await moveOn();
    const before = main();

    const [unnamed, other] = [await restore(), await restore(['bot-alpha', 'bot-gamma'])];

    expect([unnamed.status, other.status]).toEqual([409, 409]);
    expect(unnamed.body).toMatchObject({ field: 'remove', removes: ['bot-gamma'] });
    expect(main()).toBe(before);
  });

  test('goes to a proposal, and makes no commit where main has it all', async () => {
    expect((await restore()).body).toEqual({ message: '', removes: [] });
    expect(main()).toBe(then);
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
    const before = main();
    await server.call('POST', 'proposals', { title: 'Back' });

    const answer = await restore([], '?proposal=1');

    expect(answer.status).toBe(202);
    expect(main()).toBe(before);
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect(at('main', 'instances/bot-alpha.yaml')).toBe(at(then, 'instances/bot-alpha.yaml'));
  });

  test('keeps the rules of today: where main takes proposals alone by now, so it does of a restore', async () => {
    await server.call('PUT', 'instances/bot-alpha', { image: 'registry.example/old:1' });
    then = main();
    await server.call('PUT', 'instances/bot-alpha', { image: null });
    await server.call('PUT', 'settings', { publish: 'propose' });

    const { notes } = await preview();
    const answer = await restore();

    expect(notes[0]).toBe('Of claworc.yaml publish stay as they are now.');
    expect([answer.status, answer.body.field]).toEqual([409, 'proposal']);
  });
});
