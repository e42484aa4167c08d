import type { LiveObject } from '../../cluster/live-object.ts';

/** A Kubernetes event, as far as it is kept. */
export interface ClusterEvent {
  readonly uid: string;
  /** Of what it is about. */
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly warning: boolean;
  readonly count: number;
  /** The first of `count` times. */
  readonly firstAt: string;
  readonly at: string;
}

export function readEvent(object: LiveObject): ClusterEvent {
  const event = object as LiveObject & {
    readonly involvedObject?: { readonly kind?: string; readonly name?: string };
    readonly reason?: string;
    readonly message?: string;
    readonly type?: string;
    readonly count?: number;
    readonly firstTimestamp?: string | null;
    readonly lastTimestamp?: string | null;
    readonly eventTime?: string | null;
    readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  };
  const { involvedObject, reason = '', message = '', metadata } = event;
  return {
    uid: metadata.uid ?? metadata.name,
    kind: involvedObject?.kind ?? '',
    name: involvedObject?.name ?? '',
    reason,
    message,
    warning: event.type === 'Warning',
    count: event.series?.count ?? event.count ?? 1,
    firstAt: event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp ?? '',
    at: event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp ?? '',
  };
}

/**
 * Names that an event could belong to as a unit, best first: a Deployment's own, and what a ReplicaSet, a pod or a
 * claim are named after.
 */
export function unitCandidates({ kind, name }: Pick<ClusterEvent, 'kind' | 'name'>): readonly string[] {
  const parts = name.split('-');
  const cut = (count: number): string => parts.slice(0, -count).join('-');
  switch (kind) {
    case 'Pod':
      return [cut(2)];
    case 'ReplicaSet':
    case 'PersistentVolumeClaim':
      return [cut(1)];
    case 'Deployment':
      return [name];
    default:
      // A Service's events are the bookkeeping of its endpoints; they say nothing about the bot.
      return [];
  }
}

/** One line of what happened to a bot, as people read it. */
export interface ShownEvent {
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly tone: 'ok' | 'wait' | 'warn' | 'bad' | 'idle';
}

export function toShownEvent({ kind, name, reason, message, warning, count, at }: ClusterEvent): ShownEvent {
  const words = reason.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    at,
    title: count > 1 ? `${title}, ${count} times` : title,
    // A bot has several claims, and their events say the same.
    detail: kind === 'PersistentVolumeClaim' ? `${name}: ${message}` : message,
    tone: warning ? 'warn' : 'idle',
  };
}
