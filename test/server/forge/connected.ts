import { onTestFinished } from 'vitest';
import { openNetwork } from '../../../server/forge/network.ts';
import type { ForgeNetwork } from '../../../server/forge/exchange.ts';
import { systemClock } from '../../../server/lib/clock.ts';

/** Connections that are closed after the test, told what it waited for, without a wait. */
export function testNetwork(change: Partial<ForgeNetwork> = {}): ForgeNetwork & { readonly waits: string[] } {
  const waits: string[] = [];
  const network = openNetwork({
    environment: {},
    clock: change.clock ?? systemClock,
    onWait: (message) => void waits.push(message),
  });
  onTestFinished(() => network[Symbol.asyncDispose]());
  return { ...network, wait: () => Promise.resolve(), ...change, waits };
}
