/**
 * The closed set of error codes. `status` is the HTTP status that the API answers with.
 * Expected outcomes (a refused object, an invalid record, a merge conflict) are data in results; this class is for what
 * stops the operation that was asked for.
 */
export const ERROR_CODES = {
  invalid: 400,
  not_found: 404,
  name_taken: 409,
  ports_used_up: 409,
  ports_taken: 409,
  conflict: 409,
  volumes_retained: 409,
  storage_fixed: 409,
  instances_exist: 409,
  forbidden: 403,
  stale: 412,
  too_large: 413,
  unsupported_media_type: 415,
  precondition_required: 428,
  too_many: 429,
  internal: 500,
  cluster_unreachable: 503,
  cluster_refused: 500,
  starting: 503,
  git_unreachable: 503,
  git_refused: 500,
  forge_unreachable: 503,
  forge_refused: 500,
  database: 500,
  disk_full: 507,
  read_only: 503,
  secrets: 500,
  locked: 500,
  usage: 400,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** The object it is about: `Deployment/claworc/bot-alpha`, `instances/bot-alpha.yaml`, `data/claworc.db`. */
  readonly subject?: string;
  /** True where the same call may succeed later without a person doing anything. */
  readonly retryable?: boolean;
  /** The field of the input that is wrong, dotted. */
  readonly field?: string;
  readonly cause?: unknown;
  /** Further members of the API's error body, such as `base`, `theirs`, `mine` of a conflict. Never a secret. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The one error class. `message` is a sentence for people: what failed, on which object, why, what to do. */
export class ClaworcError extends Error {
  override readonly name = 'ClaworcError';
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject;
    this.retryable = details.retryable ?? false;
    this.field = details.field;
    this.body = details.body ?? {};
  }
}

/** The message of anything that was thrown, for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
