import { StreamHub } from './hub.ts';
import type { ToHub } from './messages.ts';

/** The part of SharedWorkerGlobalScope that is used here; the types of the DOM have no workers. */
interface SharedWorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

/** Waits in the line behind the page that holds the lock. */
async function lockFreed(name: string, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(name, { signal }, () => undefined);
}

const hub = new StreamHub({ isShared: true, ...('locks' in navigator ? { lockFreed } : {}) });
hub.start(new AbortController().signal);

(globalThis as unknown as SharedWorkerScope).onconnect = ({ ports: [port] }) => {
  if (port === undefined) return;
  const client = { post: (message: unknown) => port.postMessage(message) };
  port.onmessage = (event: MessageEvent<ToHub>) => hub.receive(client, event.data);
};
