import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import type { PortsOnMain } from '../plan/port-moves.ts';
import type { OpenKey } from './open-secret.ts';

/** Told of each object that the server answered with, so that what is known is newer than the watch. */
export interface LiveSink {
  put(object: LiveObject): void;
  remove(object: LiveObject): void;
}

export interface ExecuteOptions {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly open?: OpenKey;
  readonly live: LiveUnit;
  readonly sink: LiveSink;
  /** Whether the namespace has an object of this kind and name that is not being deleted, of whichever unit. */
  readonly isThere: (kind: string, name: string) => boolean;
  /** Who has which node port on main: none of them is offered to another. @default nobody has any */
  readonly portsOnMain?: () => PortsOnMain;
  readonly signal?: AbortSignal;
}
