import workerUrl from './hub-worker.ts?worker&url';
import { StreamHub } from './hub.ts';
import type { ToHub } from './messages.ts';

/** The way to a hub: the one of this browser, or one in the page itself. `failed` is called if the shared one can't be had. */
export type ConnectHub = (failed: () => void) => MessagePort;

/** The hub that all pages of this browser share; null where the browser has no shared workers. */
export function sharedHub(window: Window & typeof globalThis): ConnectHub | null {
  if (typeof window.SharedWorker !== 'function') return null;
  return (failed) => {
    // The address holds a digest of the worker's code: pages of another build get a worker of their own.
    const worker = new window.SharedWorker(trusted(window, workerUrl), { name: 'claworc', type: 'module' });
    worker.onerror = failed;
    return worker.port;
  };
}

/** A hub of this page alone: one connection for its events and its logs. */
export function ownHub(): ConnectHub {
  return () => {
    const { port1, port2 } = new MessageChannel();
    const hub = new StreamHub({ isShared: false });
    hub.start(new AbortController().signal);
    const client = { post: (message: unknown) => port2.postMessage(message) };
    port2.onmessage = (event: MessageEvent<ToHub>) => hub.receive(client, event.data);
    return port1;
  };
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

/** The page's policy asks for a trusted address before it runs a worker; this one is made by the build. */
function trusted(window: Window & { readonly trustedTypes?: TrustedTypes }, url: string): string {
  const policy = window.trustedTypes?.createPolicy('claworc-worker', { createScriptURL: (text) => text });
  return policy?.createScriptURL(url) ?? url;
}
