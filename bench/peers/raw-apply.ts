import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { MANAGED_RESOURCES, pathOf, type ManagedKind } from '../../server/cluster/resources.ts';
import type { ControlPlane } from '../../test/control-plane/control-plane.ts';

interface Manifest {
  readonly kind: ManagedKind;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** More of them only wait longer for this API server. */
const AT_ONCE = 16;

/**
 * Seconds that the API server takes for these objects by server-side apply, sent by a client that does nothing else: what
 * no applier can be faster than on this machine. Each object goes once, in the order given, on one HTTP/2 connection.
 */
export async function rawApply(plane: ControlPlane, texts: readonly string[]): Promise<number> {
  const waiting = texts.map((text) => {
    const object = parse(text) as Manifest;
    const { kind, metadata } = object;
    const path = pathOf(MANAGED_RESOURCES[kind], metadata.namespace, metadata.name);
    return { path: `${path}?fieldManager=raw`, body: JSON.stringify(object) };
  });
  const agent = new Agent({
    allowH2: true,
    connections: 1,
    pipelining: AT_ONCE,
    connect: { ca: await readFile(plane.caFile) },
  });
  const headers = { authorization: `Bearer ${plane.token}`, 'content-type': 'application/apply-patch+yaml' };
  const places = waiting.values();
  const send = async (): Promise<void> => {
    for (const request of places) {
      const { statusCode, body } = await agent.request({ ...request, origin: plane.server, method: 'PATCH', headers });
      const text = await body.text();
      if (statusCode >= 300) throw new Error(`${request.path}: ${statusCode} ${text}`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  const seconds = (performance.now() - started) / 1_000;
  await agent.close();
  return seconds;
}
