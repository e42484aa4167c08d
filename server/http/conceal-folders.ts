import { sep } from 'node:path';

/** Takes the places of this machine out of a text for a browser. */
export type Conceal = (text: string) => string;

/**
 * Replaces each folder by what it is called: `/srv/claworc/data/claworc.db` becomes `<data>/claworc.db`. Whoever reads
 * the page may well be somebody else than who runs the server; its log has the whole path. `named` is said as it is, wherever it
 * lies: a remote, to which people push.
 */
export function concealFolders(folders: Readonly<Record<string, string>>, named?: string): Conceal {
  // The longest first: the data folder may lie in the checkout.
  const known = Object.entries(folders)
    .filter(([, path]) => path.length > 1)
    .sort(([, a], [, b]) => b.length - a.length);
  const concealed = (text: string): string =>
    known.reduce((result, [name, path]) => withName(result, path, `<${name}>`), text);
  const whole = named === undefined ? undefined : new RegExp(`${named.replace(/[^\w/]/g, '\\$&')}(?![\\w.-]*\\w)`);
  return (text) => {
    if (!text.includes(sep)) return text;
    if (whole === undefined) return concealed(text);
    return text.split(whole).map(concealed).join(named);
  };
}

/** Only where the folder's name ends there: `/srv/data` is no part of `/srv/database`. */
function withName(text: string, path: string, name: string): string {
  return text
    .split(path)
    .reduce((done, part) => done + (/^[\w.-]*\w/.test(part) && !part.startsWith(sep) ? path : name) + part);
}
