import { SECONDS, type Metrics } from '../lib/metrics/metrics.ts';
import type { ApiFailure } from './errors.ts';

/** One try of one request, streams left out. */
export interface Attempted {
  readonly method: string;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
  readonly failure: ApiFailure['type'] | undefined;
}

export type WriteVerb = 'apply' | 'create' | 'patch' | 'delete';

/** Told of what is sent to an API server. Must not throw. */
export interface ApiListener {
  attempted(attempt: Attempted): void;
  /** A write with all its tries. */
  wrote(verb: WriteVerb, kind: string, seconds: number): void;
}

/** The figures of the requests to an API server. */
export function createApiMetrics(metrics: Metrics): ApiListener {
  const requests = metrics.counter(
    'claworc_api_requests_total',
    'Requests to the API server by method and status code, each try counted; "none" where no answer came.',
  );
  const failures = metrics.counter(
    'claworc_api_failures_total',
    'Requests that the API server refused or did not answer, each try counted, by reason.',
  );
  const writes = metrics.histogram(
    'claworc_api_write_duration_seconds',
    'How long one write of an object took, with all its tries, by verb and kind.',
    SECONDS,
  );
  return {
    attempted({ method, status, failure }) {
      requests.add({ method, code: status === undefined ? 'none' : `${status}` });
      if (failure !== undefined) failures.add({ reason: failure });
    },
    wrote: (verb, kind, seconds) => writes.observe(seconds, { verb, kind }),
  };
}
