import { ClaworcError } from '../lib/errors.ts';

/** First parts of the addresses of this server itself: under one of these it could not be told what is meant. */
const OWN = [
  ...['api', 'assets', 'health', 'hooks', 'instances', 'instances.git', 'metrics'],
  ...['new', 'settings', 'activity', 'commits', 'proposals', 'compare', 'restore'],
];
const ADDRESS = /^https?:\/\/[^/?#\s]+((?:\/[\w.~-]+)*)\/?$/i;

/**
 * The path of a public URL under which a proxy shows this server: `/claworc`, or empty for none. Throws `usage` for what
 * is no address, or one with a path that can't be one.
 */
export function basePathOf(publicUrl: string | undefined): string {
  if (publicUrl === undefined) return '';
  const path = ADDRESS.exec(publicUrl)?.[1];
  if (path === undefined || !URL.canParse(publicUrl) || /\/\.{1,2}(?:\/|$)/.test(path)) {
    throw new ClaworcError(
      'usage',
      `--public-url is an address such as https://claworc.example.com or https://tools.example.com/claworc, not ${publicUrl}`,
    );
  }
  const [, first = ''] = path.split('/');
  if (OWN.includes(first)) {
    throw new ClaworcError(
      'usage',
      `--public-url can't end with /${first}, which Claworc itself uses: choose another.`,
    );
  }
  return path;
}

/**
 * A request target without the base path, whether a proxy has taken it off or not. Only a whole part of the path counts:
 * `/claworcs` is not below `/claworc`.
 */
export function withoutBase(target: string, basePath: string): string {
  if (basePath === '') return target;
  const [, authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(.*)$/is.exec(target) ?? [];
  if (rest !== basePath && !rest.startsWith(`${basePath}/`) && !rest.startsWith(`${basePath}?`)) return target;
  const below = rest.slice(basePath.length);
  return authority + (below.startsWith('/') ? below : `/${below}`);
}
