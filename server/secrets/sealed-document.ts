import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml';
import { isTooManyTokens } from '../../constructs/schema/yaml/yaml-tokens.ts';
import { valueOf } from '../../constructs/schema/yaml/yaml-value.ts';
import { refuse, type Refusal } from './errors.ts';
import { readSopsMetadata, type SopsMetadata } from './sops-metadata.ts';

/** Largest sealed file: a value of 32 KiB for a handful of recipients. */
export const MAX_SEALED_BYTES = 64 * 1024;

export interface Leaf {
  readonly path: readonly string[];
  /** As SOPS takes it into its MAC; null for YAML's null, which has no part in it. */
  readonly text: string | null;
}

export interface SealedDocument {
  /** Every leaf outside the sops block, in document order. */
  readonly leaves: readonly Leaf[];
  readonly sops: SopsMetadata;
}

/**
 * Reads the YAML of a sealed key: one document, no anchors, aliases or tags, 64 KiB. Nothing is decrypted.
 * The parser's own messages are dropped: they quote the source, in which somebody may have forgotten to encrypt.
 */
export function parseSealedDocument(text: string): { readonly ok: true; readonly document: SealedDocument } | Refusal {
  const parsed = parseStrictYaml(text);
  if (!parsed.ok) return parsed;
  const { root } = parsed;
  const block = root.get('sops');
  if (!isMap(block)) return refuse('not_encrypted', 'The file has no sops block: it was not encrypted.');
  const sops = readSopsMetadata(block.toJSON() as Record<string, unknown>);
  if (!sops.ok) return sops;
  const leaves: Leaf[] = [];
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? key.value : null;
    if (typeof name !== 'string') return refuse('not_a_sealed_key', 'The file has a key that is not text.');
    if (name !== 'sops' && !collectLeaves(value, [name], leaves)) {
      return refuse('unsupported', `${name} holds something that SOPS files of Claworc never hold.`);
    }
  }
  return { ok: true, document: { leaves, sops: sops.metadata } };
}

type StrictYaml = { readonly ok: true; readonly document: Document.Parsed; readonly root: YAMLMap } | Refusal;

export function parseStrictYaml(text: string): StrictYaml {
  if (Buffer.byteLength(text) > MAX_SEALED_BYTES) return refuse('too_large', 'The file is larger than 64 KiB.');
  if (isTooManyTokens(text)) return refuse('too_large', 'The file has more parts than a sealed key can have.');
  const document = parseOrNull(text);
  if (!document) return refuse('not_yaml', 'The file is not YAML that can be read.');
  const [problem] = [...document.errors, ...document.warnings];
  if (problem)
    return refuse('not_yaml', `The file is not one valid YAML document (line ${problem.linePos?.[0].line ?? 1}).`);
  // The library's own check of names given twice costs their number squared.
  if (valueOf(document).issues.length > 0) {
    return refuse('unsupported', 'The file has an anchor, an alias, a tag, or a field that is given twice.');
  }
  const root = document.contents;
  if (!isMap(root)) return refuse('not_a_sealed_key', 'The file is not a Kubernetes Secret.');
  return { ok: true, document, root };
}

function parseOrNull(text: string): Document.Parsed | null {
  try {
    return parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: false, strict: true, merge: false });
  } catch {
    // Nesting deeper than the stack.
    return null;
  }
}

/** False when there is a leaf whose bytes SOPS and we might see differently. */
function collectLeaves(node: unknown, path: readonly string[], leaves: Leaf[]): boolean {
  if (isMap(node)) {
    return node.items.every(
      ({ key, value }) =>
        isScalar(key) && typeof key.value === 'string' && collectLeaves(value, [...path, key.value], leaves),
    );
  }
  // List positions are no part of a path.
  if (isSeq(node)) return node.items.every((item) => collectLeaves(item, path, leaves));
  const text = isScalar(node) ? leafText(node.value) : undefined;
  if (text === undefined) return false;
  leaves.push({ path, text });
  return true;
}

function leafText(value: unknown): string | null | undefined {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' && Number.isSafeInteger(value) ? value.toString() : undefined;
}
