import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from './kubectl.ts';

export interface TestNamespace extends AsyncDisposable {
  readonly name: string;
  /** Asks for its deletion and doesn't wait for the end of it. */
  dispose(): Promise<void>;
}

/** Makes an empty namespace of a new name that accepts pods already. */
export async function createTestNamespace(kubectl: Kubectl, prefix = 'test'): Promise<TestNamespace> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  const { code, stderr } = await kubectl(['create', 'namespace', name]);
  if (code !== 0) throw new Error(`namespace ${name} was refused: ${stderr}`);
  const dispose = async (): Promise<void> => {
    await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
  };
  // Bare pods are refused until the controller manager has made the service account.
  for (let tries = 0; tries < 200; tries++) {
    const account = await kubectl(['get', 'serviceaccount', 'default', '-n', name]);
    if (account.code === 0) return { name, dispose, [Symbol.asyncDispose]: dispose };
    await sleep(50);
  }
  await dispose();
  throw new Error(`namespace ${name} got no service account`);
}
