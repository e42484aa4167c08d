import { createPrivateKey, sign } from 'node:crypto';
import { ClaworcError } from '../lib/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { fieldsOf, numberIn, textIn } from './answer.ts';
import { forgeError } from './errors.ts';
import { createExchange, type ForgeNetwork } from './exchange.ts';
import { GITHUB_HEADERS } from './github.ts';
import type { ForgePlace } from './place.ts';

export interface GitHubAppOptions {
  readonly place: ForgePlace;
  /** Its number or its client id. */
  readonly app: string;
  /** The private key as PEM; asked for each time a token is made, so that it can be changed. */
  readonly key: () => Promise<string>;
  readonly network: ForgeNetwork;
}

/** A token that will end sooner is replaced before it is used. */
const SPARE_MS = 5 * 60_000;

/**
 * Gives tokens of the app's installation in the repository, each one used until shortly before it expires. Whoever asks
 * while one is being made gets that one. Throws `usage` for a key that is none, else what the exchange throws.
 */
export function createAppToken({ place, app, key, network }: GitHubAppOptions): () => Promise<string> {
  const { send } = createExchange({
    api: place.api,
    title: place.title,
    network,
    open: async () => {
      const jwt = signJwt(app, await key(), network.clock);
      return { headers: { ...GITHUB_HEADERS, authorization: `Bearer ${jwt}` }, secrets: [jwt] };
    },
  });
  let last: { readonly token: string; readonly until: number } | undefined;
  let making: Promise<string> | undefined;

  const make = async (): Promise<string> => {
    const what = `get a token for the app ${app}`;
    const { body } = await send({ method: 'GET', path: `/repos/${place.repository}/installation`, what });
    const path = `/app/installations/${numberIn(fieldsOf(body), 'id')}/access_tokens`;
    const answer = fieldsOf((await send({ method: 'POST', path, what, body: {} })).body);
    const [token, until] = [textIn(answer, 'token'), Date.parse(textIn(answer, 'expires_at'))];
    if (token === '' || Number.isNaN(until)) {
      throw forgeError({ trouble: 'odd', where: place.title, what, words: 'there is no token in it' });
    }
    last = { token, until };
    return token;
  };

  return () => {
    if (last !== undefined && last.until - SPARE_MS > network.clock.now()) return Promise.resolve(last.token);
    making ??= make().finally(() => {
      making = undefined;
    });
    return making;
  };
}

/** RS256, as GitHub asks for: at most ten minutes long, begun a minute ago for clocks that differ. */
function signJwt(app: string, pem: string, clock: Clock): string {
  const now = Math.floor(clock.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 540, iss: app })}`;
  return `${text}.${sign('sha256', Buffer.from(text), rsaKey(pem)).toString('base64url')}`;
}

function rsaKey(pem: string): ReturnType<typeof createPrivateKey> {
  const refuse = (): ClaworcError =>
    new ClaworcError(
      'usage',
      '--forge-app-key names no RSA private key: it is the .pem file that GitHub gave for the app',
      {
        field: 'forge',
      },
    );
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Without the cause: it is about the key.
    throw refuse();
  }
  if (key.asymmetricKeyType !== 'rsa') throw refuse();
  return key;
}
