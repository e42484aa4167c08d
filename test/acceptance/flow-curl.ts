import { expect } from 'vitest';
import type { Kubectl } from '../control-plane/kubectl.ts';
import type { RunningClaworc } from './claworc-process.ts';
import { expectLive, objectsOf, volumesOf } from './live-fleet.ts';
import { PATIENCE_MS } from '../support/patience.ts';

export const CONFIG = '{\n  "agent": { "model": "anthropic/claude-opus-4-5" }\n}\n';
const WAIT = { timeout: PATIENCE_MS, interval: 200 } as const;

/** Creates three bots, stops one and changes a config, over the API alone; checks live objects at each step. */
export async function editThreeBots(claworc: RunningClaworc, kubectl: Kubectl, namespace: string): Promise<void> {
  const names = ['One', 'Two', 'Three'];
  for (const name of names) {
    const created = await claworc.request('POST', '/api/v1/instances', { display_name: name });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(created.body).toMatchObject({ name: `bot-${name.toLowerCase()}`, display_name: name });
  }
  await expectLive(
    kubectl,
    namespace,
    ['bot-one', 'bot-two', 'bot-three'].flatMap((name) => objectsOf(name, 1)),
  );
  await expect.poll(() => statusOf(claworc, 'bot-one'), WAIT).toEqual(['running', 'applied']);

  expect((await claworc.request('POST', '/api/v1/instances/bot-two/stop')).status).toBe(200);
  await expect.poll(() => statusOf(claworc, 'bot-two'), WAIT).toEqual(['stopped', 'applied']);

  const before = await claworc.request('GET', '/api/v1/instances/bot-one/config');
  const revision = String(before.body.revision);
  const changed = await claworc.request(
    'PUT',
    '/api/v1/instances/bot-one/config',
    { config: CONFIG },
    { 'if-match': revision },
  );
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  await expect.poll(() => liveConfig(kubectl, namespace, 'bot-one'), WAIT).toBe(CONFIG);
}

/** Deletes `bot-two` keeping its data and `bot-three` with its data. */
export async function deleteTwoBots(claworc: RunningClaworc, kubectl: Kubectl, namespace: string): Promise<void> {
  const kept = await claworc.request('DELETE', '/api/v1/instances/bot-two?data=retain');
  expect(kept.status, JSON.stringify(kept.body)).toBeLessThan(300);
  const destroyed = await claworc.request('DELETE', '/api/v1/instances/bot-three?data=destroy');
  expect(destroyed.status, JSON.stringify(destroyed.body)).toBeLessThan(300);
  await expectLive(kubectl, namespace, [...objectsOf('bot-one', 1), ...volumesOf('bot-two')]);
}

export async function statusOf(claworc: RunningClaworc, name: string): Promise<[unknown, unknown]> {
  const { body } = await claworc.request('GET', `/api/v1/instances/${name}`);
  return [body.status, body.sync];
}

export async function liveConfig(kubectl: Kubectl, namespace: string, name: string): Promise<string | undefined> {
  const { stdout } = await kubectl(['get', 'configmap', `${name}-config`, '-n', namespace, '-o', 'json']);
  const { data } = JSON.parse(stdout === '' ? '{}' : stdout) as { data?: Record<string, string> };
  return data?.['clawdbot.json'];
}
