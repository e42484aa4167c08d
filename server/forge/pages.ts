/**
 * The next page by a `Link` header (RFC 8288), null at the last. Only below `api`: a link that leads elsewhere would
 * take the token along.
 */
export function linkToNext(header: string | string[] | undefined, api: string): string | null {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  for (const [, target = '', attributes = ''] of text.matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
    if (!/;\s*rel="?next"?/i.test(attributes)) continue;
    const url = URL.parse(target, `${api}/`);
    return url?.href.startsWith(`${api}/`) === true ? url.href : null;
  }
  return null;
}
