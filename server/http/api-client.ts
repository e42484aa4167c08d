import { ClaworcError, ERROR_CODES, messageOf, type ErrorCode } from '../lib/errors.ts';
import { isRecord } from '../lib/is-record.ts';

/** A running server, asked over its API. */
export interface ServerApi {
  /**
   * The body of the answer. Throws the server's refusals by their codes and words, `not_found` where no server answers, and
   * `usage` where what answers is none.
   */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

/** A merge waits for a forge, and for main. */
const ANSWER_MS = 120_000;

/** `url` is where its dashboard is. */
export function serverApi(url: URL, signal: AbortSignal): ServerApi {
  const top = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return {
    call: async (method, path, body) => {
      const answer = await ask(`${top}/api/v1${path}`, { method, body, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
        const words = `No Claworc answers at ${top} (${cause}): start one, or name another with --server.`;
        throw new ClaworcError('not_found', words, { subject: top, retryable: true });
      });
      if (answer.ok && answer.value !== undefined) return answer.value;
      throw refusalOf(answer, top);
    },
  };
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly value: unknown;
}

async function ask(
  address: string,
  { method, body, signal }: { readonly method: string; readonly body: unknown; readonly signal: AbortSignal },
): Promise<Answer> {
  const response = await fetch(address, {
    method,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { ok: response.ok, status: response.status, value: jsonIn(await response.text()) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusalOf({ status, value }: Answer, top: string): ClaworcError {
  const { code, detail, field } = isRecord(value) ? value : {};
  if (typeof code !== 'string' || typeof detail !== 'string' || !isCode(code)) {
    return new ClaworcError(
      'usage',
      `What answers at ${top} is no Claworc (status ${status}): name one with --server.`,
      {
        field: 'server',
      },
    );
  }
  return new ClaworcError(code, detail, typeof field === 'string' ? { field } : {});
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CODES, code);
