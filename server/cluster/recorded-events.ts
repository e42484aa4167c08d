import { hostname } from 'node:os';
import type { Resource } from './resources.ts';

/** Events as they are written; they are read in their older shape, which every event has. */
export const RECORDED_EVENTS: Resource = {
  kind: 'Event',
  apiVersion: 'events.k8s.io/v1',
  group: 'events.k8s.io',
  plural: 'events',
};
export const REPORTING_CONTROLLER = 'claworc.dev/reconciler';
/** This process: what it wrote itself it need not be told. */
export const REPORTING_INSTANCE = `${hostname().slice(0, 100)}-${process.pid}`;
