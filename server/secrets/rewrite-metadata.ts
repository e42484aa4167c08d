import { isMap, isScalar, stringify } from 'yaml';
import { refuse, type Refusal } from './errors.ts';
import { parseSealedDocument, parseStrictYaml } from './sealed-document.ts';

/**
 * A sealed key for another namespace: the same text but for `metadata.namespace`, so nothing is decrypted, digests stay
 * and nobody's bot restarts. A file whose MAC covers clear text (`mac_only_encrypted` missing) is refused.
 */
export function rewriteMetadata(
  text: string,
  { namespace }: { readonly namespace: string },
): { readonly ok: true; readonly text: string } | Refusal {
  const parsed = parseSealedDocument(text);
  if (!parsed.ok) return parsed;
  if (parsed.document.sops.mac_only_encrypted !== true) {
    return refuse('unsupported', 'The MAC of the file covers its metadata: set the key again instead.');
  }
  const yaml = parseStrictYaml(text);
  if (!yaml.ok) return yaml;
  const metadata = yaml.root.get('metadata');
  const node = isMap(metadata) ? metadata.get('namespace', true) : undefined;
  if (!isScalar(node) || !node.range) return refuse('not_a_sealed_key', 'The file has no metadata.namespace.');
  const [start, end] = node.range;
  // Quoted where YAML 1.1 or 1.2 would read something else than text: `123`, `no`, `1e5`.
  const value = stringify(namespace, { version: '1.1' }).trimEnd();
  return { ok: true, text: text.slice(0, start) + value + text.slice(end) };
}
