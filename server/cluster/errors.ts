import { ClaworcError, messageOf } from '../lib/errors.ts';

/** A field that another manager owns with another value. */
export interface FieldConflict {
  readonly manager: string;
  /** `spec.template.spec.containers[name="moltbot"].image`. */
  readonly field: string;
}

/** Why the API server or the way to it refused; one member per thing that a caller can do about it. */
export type ApiFailure =
  | { readonly type: 'unreachable'; readonly message: string }
  | { readonly type: 'unauthorized'; readonly message: string }
  | { readonly type: 'forbidden'; readonly message: string }
  | { readonly type: 'namespace_terminating'; readonly message: string }
  | { readonly type: 'over_quota'; readonly message: string }
  | { readonly type: 'namespace_missing'; readonly message: string }
  | { readonly type: 'not_found'; readonly message: string }
  | { readonly type: 'field_conflict'; readonly message: string; readonly conflicts: readonly FieldConflict[] }
  /** The object changed or was replaced since it was read: read again, plan again. */
  | { readonly type: 'stale'; readonly message: string }
  | { readonly type: 'exists'; readonly message: string }
  /** The quota's own optimistic lock: the same request may be sent again. */
  | { readonly type: 'quota_busy'; readonly message: string }
  /** The object itself is wrong; sending it again can't help. */
  | {
      readonly type: 'invalid';
      readonly message: string;
      readonly fields: readonly string[];
      /** A node port that is asked for and that another Service has. */
      readonly allocatedPort?: number;
    }
  /** The resourceVersion of a watch or page is too old: list again. */
  | { readonly type: 'expired'; readonly message: string }
  /** Refused for load; `retryAfterMs` where the server said when to come back. */
  | { readonly type: 'throttled'; readonly message: string; readonly retryAfterMs?: number }
  | { readonly type: 'server'; readonly message: string; readonly status: number; readonly transient: boolean };

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The Kubernetes `Status` object, as far as it is read. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly kind?: string; readonly name?: string; readonly causes?: readonly StatusCause[] };
}

const TRANSIENT_500 =
  /etcdserver: (leader changed|request timed out|too many requests)|failed calling webhook|timed out|connection refused|transport is closing/i;
const ALLOCATED_PORT = /Invalid value: (\d+): provided port is already allocated/;
const PERMANENT_500 =
  /failed to create typed patch object|failed to convert new object|field not declared in schema|duplicate entries for key/i;

/**
 * The failure that an HTTP answer stands for. `secret` hides the server's text, which may echo values of a Secret:
 * only the reason and the names of fields are kept.
 */
export function failureOf(status: number, body: string, secret: boolean): ApiFailure {
  const parsed = parseStatus(body);
  const causes = parsed?.details?.causes ?? [];
  const message = secret ? hidden(status, parsed) : (parsed?.message ?? plainText(status, body));
  const text = parsed?.message ?? body;
  if (status === 401) return { type: 'unauthorized', message };
  if (status === 403) {
    if (causes.some((cause) => cause.reason === 'NamespaceTerminating'))
      return { type: 'namespace_terminating', message };
    return { type: text.includes('exceeded quota') ? 'over_quota' : 'forbidden', message };
  }
  if (status === 404) {
    return { type: parsed?.details?.kind === 'namespaces' ? 'namespace_missing' : 'not_found', message };
  }
  if (status === 409) return conflictOf(parsed, causes, message);
  if (status === 410) return { type: 'expired', message };
  if (
    status === 400 ||
    status === 413 ||
    status === 415 ||
    status === 422 ||
    (status === 500 && PERMANENT_500.test(text))
  ) {
    const fields = causes.flatMap((cause) => (cause.field === undefined ? [] : [cause.field]));
    // A write that names a uid meets another object of the name.
    if (fields.length > 0 && fields.every((field) => field === 'metadata.uid')) return { type: 'stale', message };
    const allocated = ALLOCATED_PORT.exec(message)?.[1];
    return { type: 'invalid', message, fields, ...(allocated !== undefined && { allocatedPort: Number(allocated) }) };
  }
  if (status === 429) return { type: 'throttled', message };
  const transient = [502, 503, 504].includes(status) || (status === 500 && TRANSIENT_500.test(text));
  return { type: 'server', message, status, transient };
}

function conflictOf(status: Status | undefined, causes: readonly StatusCause[], message: string): ApiFailure {
  const owned = causes.filter((cause) => cause.reason === 'FieldManagerConflict');
  if (owned.length > 0) {
    return {
      type: 'field_conflict',
      message,
      conflicts: owned.map((cause) => ({
        manager: /conflict with "([^"]*)"/.exec(cause.message ?? '')?.[1] ?? 'unknown',
        field: (cause.field ?? '').replace(/^\./, ''),
      })),
    };
  }
  if (status?.reason === 'AlreadyExists') return { type: 'exists', message };
  if (status?.details?.kind === 'resourcequotas') return { type: 'quota_busy', message };
  return { type: 'stale', message };
}

/** The failure of a request that got no answer. */
export function unreachable(error: unknown, server: string): ApiFailure {
  return { type: 'unreachable', message: `${server} does not answer: ${reasonOf(error)}` };
}

/** True where the same request may succeed a moment later. */
export function isTransient(failure: ApiFailure): boolean {
  switch (failure.type) {
    case 'unreachable':
    case 'throttled':
    case 'quota_busy':
      return true;
    case 'server':
      return failure.transient;
    case 'unauthorized':
    case 'forbidden':
    case 'namespace_terminating':
    case 'over_quota':
    case 'namespace_missing':
    case 'not_found':
    case 'field_conflict':
    case 'stale':
    case 'exists':
    case 'invalid':
    case 'expired':
      return false;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer within the time limit';
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return messageOf(error);
}

function parseStatus(body: string): Status | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(body) as { readonly kind?: unknown };
    return value.kind === 'Status' ? (value as Status) : undefined;
  } catch {
    return undefined;
  }
}

/** An answer that is no Status comes from a proxy or from flow control, which speaks plain text. */
function plainText(status: number, body: string): string {
  const line = body.startsWith('<') ? '' : (body.trim().split('\n', 1)[0] ?? '').slice(0, 300);
  return line === '' ? `the API server answered ${status}` : `the API server answered ${status}: ${line}`;
}

function hidden(code: number, status: Status | undefined): string {
  const fields = (status?.details?.causes ?? []).flatMap((cause) => (cause.field === undefined ? [] : [cause.field]));
  const where = fields.length === 0 ? '' : ` at ${fields.join(', ')}`;
  return `the API server answered ${code} ${status?.reason ?? ''}`.trimEnd() + where;
}

/** For callers that can't go on: the failure as the one error class. */
export function clusterError(failure: ApiFailure, subject: string): ClaworcError {
  const code =
    failure.type === 'unreachable'
      ? 'cluster_unreachable'
      : failure.type === 'forbidden'
        ? 'forbidden'
        : 'cluster_refused';
  return new ClaworcError(code, `${subject}: ${failure.message}`, { subject, retryable: isTransient(failure) });
}
