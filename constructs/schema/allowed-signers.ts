/** Somebody whose signatures count: a line of OpenSSH's allowed_signers. */
export interface AllowedSigner {
  /** Who it is, as the line says it: `ada@example.com`. */
  readonly principal: string;
  /** The public key as ssh writes it on the wire, in base64. */
  readonly key: string;
  /** Milliseconds since 1970; signatures of before don't count. */
  readonly validAfter?: number;
  /** Milliseconds since 1970; signatures of after don't count. */
  readonly validBefore?: number;
}

export type ParsedSigner =
  { readonly ok: true; readonly signer: AllowedSigner } | { readonly ok: false; readonly message: string };

/** Kinds of keys whose signatures can be checked here. */
export const SIGNER_KEY_TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const OPTION = /^([a-z-]+)(?:="([^"]*)")?$/i;

/**
 * Reads a line as `ssh-keygen -Y verify` reads its allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS), and refuses what
 * would mean something else here than there: certificate authorities, and times without a zone, which mean another moment
 * on another machine.
 */
export function parseSigner(line: string): ParsedSigner {
  const words = line.trim().match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  const [principal, ...rest] = words;
  const at = rest.findIndex((word) => (SIGNER_KEY_TYPES as readonly string[]).includes(word));
  if (principal === undefined || at < 0 || at > 1) {
    return refuse(
      `must be a line such as "ada@example.com ssh-ed25519 AAAA...": who signs, the kind of the key (${SIGNER_KEY_TYPES.join(', ')}) and the public key`,
    );
  }
  const [type = '', key = ''] = rest.slice(at);
  if (!BASE64.test(key) || typeOf(key) !== type) return refuse(`has no ${type} key behind "${type}"`);
  const options = at === 1 ? optionsOf(rest[0] ?? '') : {};
  return typeof options === 'string'
    ? refuse(options)
    : { ok: true, signer: { principal: principal.replaceAll('"', ''), key, ...options } };
}

/** The signers of lines that are all right; a broken one stands for nobody. */
export function signersOf(lines: readonly string[]): readonly AllowedSigner[] {
  return lines.flatMap((line) => {
    const parsed = parseSigner(line);
    return parsed.ok ? [parsed.signer] : [];
  });
}

function refuse(message: string): ParsedSigner {
  return { ok: false, message };
}

/** In words where one of them can't be kept. */
function optionsOf(text: string): Pick<AllowedSigner, 'validAfter' | 'validBefore'> | string {
  const found: { validAfter?: number; validBefore?: number } = {};
  for (const option of text.match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    const [, name = '', value = ''] = OPTION.exec(option) ?? [];
    switch (name.toLowerCase()) {
      case 'namespaces':
        if (!value.split(',').includes('git')) return 'is for other namespaces than "git", so it stands for no commit';
        break;
      case 'valid-after':
      case 'valid-before': {
        const time = timeOf(value);
        if (time === undefined) {
          return `${name} must be a day or a time in UTC, such as 20261231Z or 20261231235959Z`;
        }
        found[name.toLowerCase() === 'valid-after' ? 'validAfter' : 'validBefore'] = time;
        break;
      }
      case 'cert-authority':
        return 'is a certificate authority (cert-authority); name the key of each person instead';
      default:
        return `has the option ${JSON.stringify(option.slice(0, 40))}, which is not known here`;
    }
  }
  return found;
}

function timeOf(text: string): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${year}-${month}-${day}`);
  return isReal ? time : undefined;
}

/** The kind that a key says of itself: a length of four bytes, and so many letters. */
function typeOf(key: string): string {
  const head = atob(key.slice(0, 72).replace(/=+$/, ''));
  const length = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + head.charCodeAt(at), 0);
  return length > 64 ? '' : head.slice(4, 4 + length);
}
