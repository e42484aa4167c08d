/** The parts of an image reference, as they are written. */
export interface ImageReference {
  /** Host and port, where the reference names one: `ghcr.io`, `registry.lab:5000`. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export type ImageResult =
  { readonly ok: true; readonly image: ImageReference } | { readonly ok: false; readonly reason: string };

const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])$/;
const PATH_PART = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/;
const ALGORITHM = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*$/;
const HEX_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const MAX_REPOSITORY = 255;

/**
 * Reads `registry[:port]/path:tag@digest` by the grammar of the distribution specification, which is what a node pulls
 * by. What it refuses can never run: the kubelet would say `InvalidImageName` of it. The reason quotes the part.
 */
export function parseImage(text: string): ImageResult {
  const [rest = '', digest, ...more] = text.split('@');
  if (more.length > 0) return refuse('it holds "@" more than once');
  const wrongDigest = digest === undefined ? undefined : digestProblem(digest);
  if (wrongDigest !== undefined) return refuse(wrongDigest);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  const isHostPort = colon !== -1 && !rest.includes('/') && rest.startsWith('[');
  if (isHostPort) return refuse(`${quote(rest)} is a registry without a repository`);
  const name = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) {
    return refuse(`the tag ${quote(tag)} must be letters, digits, "_", "." and "-", at most 128, no "." or "-" first`);
  }
  const { registry, repository } = splitRegistry(name);
  const wrongName = (registry === undefined ? undefined : registryProblem(registry)) ?? repositoryProblem(repository);
  if (wrongName !== undefined) return refuse(wrongName);
  return {
    ok: true,
    image: {
      ...(registry === undefined ? {} : { registry }),
      repository,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    },
  };
}

/** The first part is a registry when it can be no part of a path: `localhost`, or with a dot, a port or a capital. */
function splitRegistry(name: string): { readonly registry?: string; readonly repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isRegistry = slash !== -1 && (/[.:A-Z[]/.test(first) || first === 'localhost');
  return isRegistry ? { registry: first, repository: name.slice(slash + 1) } : { repository: name };
}

function registryProblem(registry: string): string | undefined {
  const [, host = '', port] = /^(.*?)(?::([^:\]]*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) return `the registry ${quote(host)} is no host name`;
  if (port === undefined) return undefined;
  const isPort = /^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return isPort ? undefined : `the port ${quote(port)} of the registry is no number from 1 to 65535`;
}

function repositoryProblem(repository: string): string | undefined {
  if (repository === '') return 'it names no repository';
  if (/[A-Z]/.test(repository)) return `the repository ${quote(repository)} must be lower case`;
  const wrong = repository.split('/').find((part) => !PATH_PART.test(part));
  if (wrong === '') return `the repository ${quote(repository)} has an empty part between slashes`;
  if (wrong !== undefined) {
    return `${quote(wrong)} in the repository must be lower-case letters and digits, parted by ".", "_", "__" or hyphens`;
  }
  if (repository.length > MAX_REPOSITORY) return `the repository is longer than ${MAX_REPOSITORY} characters`;
  return /^[a-f0-9]{64}$/.test(repository) ? 'it is an image id; a registry gives images by name' : undefined;
}

function digestProblem(digest: string): string | undefined {
  const [algorithm = '', hex, ...more] = digest.split(':');
  if (hex === undefined || more.length > 0 || !ALGORITHM.test(algorithm)) {
    return `the digest ${quote(digest)} is not written as sha256:<hex>`;
  }
  const wanted = HEX_DIGITS[algorithm];
  if (wanted === undefined) return /^[a-f0-9]{32,}$/.test(hex) ? undefined : `the digest ${quote(digest)} is not hex`;
  if (/^[a-f0-9]*$/.test(hex) && hex.length === wanted) return undefined;
  return `the digest ${quote(digest)} must have ${wanted} digits from 0 to f after ${algorithm}:`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function refuse(reason: string): ImageResult {
  return { ok: false, reason };
}
