import { expect, inject, test, vi } from 'vitest';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startClaworc, type RunningClaworc } from './claworc-process.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 250 };

/** Everywhere that an answer depends on the API server, in one look. */
async function everywhere(claworc: RunningClaworc): Promise<Record<string, unknown>> {
  const [health, fleet, plan, logs] = await Promise.all([
    claworc.request('GET', '/health'),
    claworc.request('GET', '/api/v1/fleet'),
    claworc.request('GET', '/api/v1/cluster/plan'),
    fetch(new URL('/api/v1/instances/bot-alpha/logs?follow=false', claworc.url)).then((answer) => answer.text()),
  ]);
  const { state } = fleet.body.cluster as { state: string };
  return { health: health.body.kubernetes, banner: state, plan: plan.status, logs };
}

test.skipIf('unavailable' in inject('controlPlane'))(
  'an API server that freezes is noticed everywhere, and all goes on when it is back',
  async () => {
    await using plane = await startControlPlane();
    const data = tempFolder();
    await using claworc = await startClaworc(['--data', data, '--kubeconfig', plane.kubeconfig]);
    await claworc.request('POST', '/api/v1/instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      const { body } = await claworc.request('GET', '/api/v1/instances/bot-alpha');
      expect(body).toMatchObject({ status: 'running', sync: 'applied' });
    }, PATIENCE);
    const before = await everywhere(claworc);

    plane.apiServer.freeze();
    const frozenAt = performance.now();
    await vi.waitFor(async () => {
      const { body } = await claworc.request('GET', '/health');
      expect(body.kubernetes).toMatch(/silent|does not answer/);
    }, PATIENCE);
    const noticed = performance.now() - frozenAt;
    const frozen = await everywhere(claworc);
    plane.apiServer.thaw();
    await vi.waitFor(async () => expect(await everywhere(claworc)).toEqual(before), PATIENCE);

    console.info(`a frozen API server was noticed after ${(noticed / 1_000).toFixed(1)} s`);
    expect(before).toMatchObject({ health: 'connected', banner: 'connected', plan: 200 });
    expect(frozen).toMatchObject({ banner: 'unreachable', plan: 503 });
    expect(frozen.logs).toContain('did not answer within 10 s');
    expect(claworc.output()).toMatch(/(silent|does not answer).*\n(.*\n)*.*The cluster answers/);
  },
  3 * PATIENCE_MS,
);
