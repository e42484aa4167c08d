import type { ClusterApi } from '../../cluster/api.ts';
import type { ApiFailure } from '../../cluster/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { startPulse } from '../../cluster/pulse.ts';
import { startReflector, type ListStyle, type Reflector } from '../../cluster/reflector.ts';
import { EVENTS, MANAGED_RESOURCES, PODS, type Resource } from '../../cluster/resources.ts';
import type { Log } from '../../lib/log.ts';
import { EventIndex } from './event-index.ts';
import { LiveIndex } from './live-index.ts';
import { POD_SELECTOR } from './read-live.ts';

export interface SessionOptions {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly log: Log;
  /** Units whose live objects changed. */
  readonly onUnits: (units: Iterable<string>) => void;
  /** The session became synced, or its trouble changed. */
  readonly onState: () => void;
  /** The cluster said something. */
  readonly onSeen: () => void;
  /** The cluster's own history went back: a resourceVersion that is known may stand for something else now. */
  readonly onWentBack: () => void;
}

/** One namespace of one cluster, followed by a reflector for each kind. */
export interface ClusterSession {
  readonly namespace: string;
  readonly index: LiveIndex;
  readonly events: EventIndex;
  /** Every kind that planning needs was read whole. */
  isSynced(): boolean;
  /** When each kind was last heard of, as a list, an event or a bookmark of its watch: ms since the process began. */
  readonly heardOf: ReadonlyMap<string, number>;
  /** What keeps live objects from being known, or null. */
  trouble(): ApiFailure | null;
  stop(): void;
}

export function startSession({
  api,
  namespace,
  log,
  onUnits,
  onState,
  onSeen,
  onWentBack,
}: SessionOptions): ClusterSession {
  const index = new LiveIndex();
  const events = new EventIndex();
  const failures = new Map<string, ApiFailure>();
  const heardOf = new Map<string, number>();
  const needed: Reflector[] = [];
  const style: ListStyle = { streams: true };

  const noteState = (resource: Resource, isNeeded: boolean) => (failure: ApiFailure | null) => {
    const before = failures.get(resource.kind);
    if (failure === null) {
      failures.delete(resource.kind);
      heardOf.set(resource.kind, performance.now());
      onSeen();
    } else if (isNeeded || failure.type === 'unreachable') failures.set(resource.kind, failure);
    if (before?.message !== failures.get(resource.kind)?.message || !wasSynced) {
      wasSynced = isSynced();
      onState();
    }
  };
  const isSynced = (): boolean => needed.length > 0 && needed.every((reflector) => reflector.isSynced());
  let wasSynced = false;

  const follow = (resource: Resource, isNeeded: boolean): Reflector =>
    startReflector({
      api,
      resource,
      namespace,
      log,
      style,
      ...(resource.kind === 'Pod' && { labelSelector: POD_SELECTOR }),
      onList: (items, wentBack) => {
        if (wentBack) onWentBack();
        const objects = items.map((item) => withKind(resource, item));
        onUnits(index.replace(resource.kind, objects, wentBack));
      },
      onPut: (object) => onUnits(index.put(withKind(resource, object))),
      onRemove: (object) => onUnits(index.remove(withKind(resource, object))),
      onState: noteState(resource, isNeeded),
    });

  for (const resource of Object.values(MANAGED_RESOURCES)) needed.push(follow(resource, true));
  // Without pods statuses would be guesses, and a removal could not tell when they have ended.
  needed.push(follow(PODS, true));
  const eventReflector = startReflector({
    api,
    resource: EVENTS,
    namespace,
    log,
    style,
    onList: (items) => onUnits(events.replace(items)),
    onPut: (object) => onUnits(events.put(object)),
    onRemove: () => undefined,
    onState: noteState(EVENTS, false),
  });

  let silence: ApiFailure | null = null;
  const pulse = startPulse({
    api,
    onState: (failure) => {
      const before = silence;
      silence = failure;
      if (failure === null) onSeen();
      if (before?.message !== failure?.message) onState();
    },
  });

  return {
    namespace,
    index,
    events,
    heardOf,
    isSynced,
    trouble: () => silence ?? [...failures.values()][0] ?? null,
    stop() {
      pulse.stop();
      for (const reflector of [...needed, eventReflector]) reflector.stop();
    },
  };
}

const withKind = ({ kind, apiVersion }: Resource, object: LiveObject): LiveObject => ({ ...object, kind, apiVersion });
