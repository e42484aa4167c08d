import type { ErrorBody } from '../../../server/http/schemas/common.ts';

/** An answer of 400 and above, or no answer at all (`status` 0, code `unreachable`). `message` is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  /** The whole body: `base`, `theirs` and `mine` of a conflict. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;

  constructor(status: number, body: Partial<ErrorBody> & Record<string, unknown>, requestId?: string) {
    super(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`);
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'unknown';
    this.field = typeof body.field === 'string' ? body.field : undefined;
    this.body = body;
    this.requestId = requestId;
  }
}

export const UNREACHABLE = 'The server does not answer. What you typed is kept on this page.';

/** A value with the status that it came with: 202 says that its commit is still to come. */
export interface Answer<T> {
  readonly status: number;
  readonly value: T;
  /** What `after` has to be for the page that follows; null where none does. */
  readonly next: string | null;
  /** Number of the proposal that a write went to; null for one that went to main. */
  readonly proposal: number | null;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Revision that the person saw; sent as If-Match. */
  readonly ifMatch?: string | null;
  readonly signal?: AbortSignal;
}

/** Below the base of the document, as every address of the dashboard is. */
const PREFIX = 'api/v1';

/** One call of the REST API. Throws ApiError, or the signal's reason when it was given up. */
export async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.ifMatch !== undefined && options.ifMatch !== null) headers.set('if-match', `"${options.ifMatch}"`);
  let response: Response;
  try {
    response = await fetch(PREFIX + path, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new ApiError(0, { detail: UNREACHABLE, code: 'unreachable' });
  }
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  const next = /[?&]after=([^>&]+)[^>]*>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
  const number = response.headers.get('claworc-proposal');
  return {
    status: response.status,
    value: (text === '' ? undefined : JSON.parse(text)) as T,
    next,
    proposal: number === null ? null : Number(number),
  };
}

/** The ApiError of an answer that is not ok, whatever its body is. */
async function errorOf(response: Response): Promise<ApiError> {
  const id = response.headers.get('x-request-id') ?? undefined;
  try {
    return new ApiError(response.status, (await response.json()) as Record<string, unknown>, id);
  } catch {
    return new ApiError(response.status, {}, id);
  }
}
