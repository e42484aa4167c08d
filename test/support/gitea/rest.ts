export type Credentials = { readonly token: string } | { readonly name: string; readonly password: string };

/** One call of Gitea's REST API; the path begins after /api/v1. Throws with the forge's own words when it refuses. */
export type Rest = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** What the forge answered when it refused. */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal';
  readonly status: number;

  constructor(call: string, status: number, answer: string) {
    super(`${call}: ${status} ${answer}`);
    this.status = status;
  }
}

export function createRest(url: string, credentials: Credentials): Rest {
  const authorization =
    'token' in credentials
      ? `token ${credentials.token}`
      : `Basic ${Buffer.from(`${credentials.name}:${credentials.password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new RestRefusal(`${method} ${path}`, response.status, text);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}
