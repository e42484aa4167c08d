import { API_PREFIX } from './api-prefix.ts';
import { withoutBase } from './base-path.ts';
import type { Answerer } from './front-door.ts';
import { decideOn } from './gate-hook.ts';
import { CODES, isOwnHost, type Doors } from './gate.ts';
import type { Health } from './schemas/answers.ts';
import type { ErrorBody } from './schemas/common.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const HEALTH: ReadonlySet<string> = new Set(['/health', `${API_PREFIX}/health`]);

export interface StartingOptions {
  /** The path of the public URL. */
  readonly basePath: string;
  readonly doors: () => Doors;
  /** How far the start is. */
  readonly words: () => string;
}

/** Answers while the rest is being opened: health, `starting` for the API, and for people a page that looks again. */
export function answerWhileStarting({ basePath, doors, words }: StartingOptions): Answerer {
  return (request, response) => {
    const target = request.url ?? '/';
    const send = (status: number, type: string, body: string): void => {
      const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store', 'content-type': `${type}; charset=utf-8` };
      response.writeHead(status, status === 503 ? { ...headers, 'retry-after': '2' } : headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const sendJson = (status: number, body: Health | ErrorBody): void =>
      send(status, 'application/json', JSON.stringify(body));

    const decision = decideOn(request, target, false, doors());
    const [path = ''] = withoutBase(target, basePath).split('?', 1);
    if (!decision.allowed) {
      sendJson(decision.status, { detail: `Refused: ${decision.reason}.`, code: CODES[decision.status] });
    } else if (HEALTH.has(path)) {
      const isKnown = isOwnHost(request.headers.host, doors());
      sendJson(200, healthWhileStarting(isKnown ? words() : 'starting'));
    } else if (path.startsWith('/api/')) {
      sendJson(503, { detail: `Claworc is starting: ${words()}.`, code: 'starting' });
    } else send(503, 'text/html', pageOf(words()));
  };
}

function healthWhileStarting(words: string): Health {
  return { status: 'starting', kubernetes: 'starting', database: 'starting', git: words };
}

/** Without style or script: what serves those is not there yet. */
function pageOf(words: string): string {
  const said = words.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="2">
<title>OpenClaw Orchestrator</title>
<h1>Claworc is starting</h1>
<p role="status">${said}</p>
</html>
`;
}
