import { BINDING_ENTRY, SEALED_DIGEST_ANNOTATION, sealedDigest, sealedSecretMetadata } from '../sealed-secret.ts';
import { explain, isObject } from '../schema/explain/explain.ts';
import { KEY_NAME_PATTERN, keySlug, type KeyScope, type Problem } from '../schema/index.ts';
import { problemsOf, type Issue } from '../schema/explain/issue.ts';
import { readSource } from '../schema/yaml/parse-document.ts';
import { SealedSecretSchema, type SealedSecret } from './sealed-schema.ts';
import type { SealedKeyFile } from './repo.ts';

export type SealedResult =
  { readonly ok: true; readonly sealed: SealedKeyFile } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Only the text form is looked at: whether it can be decrypted is known to the reconciler alone. */
const ENCRYPTED =
  /^ENC\[AES256_GCM,data:[A-Za-z0-9+/]+={0,2},iv:[A-Za-z0-9+/]+={0,2},tag:[A-Za-z0-9+/]+={0,2},type:str\]$/;

const KEY_NAME = new RegExp(KEY_NAME_PATTERN, 'u');

/**
 * A sealed API key as it must look before anybody decrypts it: a Secret whose name, namespace and labels follow from
 * its place, with two encrypted entries and nothing in clear text.
 */
export function parseSealedFile(bytes: Uint8Array, path: string, scope: KeyScope, slug: string): SealedResult {
  const read = readSource(bytes, path);
  if (!read.ok) return { ok: false, problems: read.problems.map(withoutSource) };
  const { source } = read;
  const refuse = (issues: readonly Issue[]): SealedResult => ({
    ok: false,
    problems: problemsOf(issues, source.locate).map(withoutSource),
  });
  const clear = clearTextIssues(source.value);
  if (clear.length > 0) return refuse(clear);
  const shape = explain(SealedSecretSchema, source.value);
  if (shape.length > 0) return refuse(shape);
  const secret = source.value as SealedSecret;
  const keys = Object.keys(secret.stringData).filter((name) => name !== BINDING_ENTRY);
  const [key] = keys;
  if (key === undefined || keys.length !== 1 || !(BINDING_ENTRY in secret.stringData)) {
    const message = `must hold exactly two entries: the key and ${BINDING_ENTRY}`;
    return refuse([{ path: ['stringData'], on: 'key', message }]);
  }
  if (!KEY_NAME.test(key) || keySlug(key) !== slug) {
    const message = `${key} does not belong in this file: its key must be the file's name in capitals`;
    return refuse([{ path: ['stringData', key], on: 'key', message }]);
  }
  const metadata = metadataIssues(secret, scope, key);
  if (metadata.length > 0) return refuse(metadata);
  const digest = sealedDigest(secret.stringData[key] ?? '');
  const recipients = secret.sops.age.map(({ recipient }) => recipient);
  const { namespace, annotations } = secret.metadata;
  const isMarked = annotations?.[SEALED_DIGEST_ANNOTATION] === digest;
  const { text } = source;
  const encrypted = secret.stringData;
  return { ok: true, sealed: { scope, key, path, text, namespace, encrypted, digest, isMarked, recipients } };
}

/** No line of such a file is ever shown: somebody may have forgotten to encrypt it. */
function withoutSource({ source: _source, ...problem }: Problem): Problem {
  return problem;
}

/** The namespace is compared with the fleet's by `crossCheck`, which knows it. */
function metadataIssues({ metadata }: SealedSecret, scope: KeyScope, key: string): readonly Issue[] {
  const expected = sealedSecretMetadata(scope, key, metadata.namespace);
  const issues: Issue[] = [];
  if (metadata.name !== expected.name) {
    const message = `must be ${expected.name}, the name of this key's Secret`;
    issues.push({ path: ['metadata', 'name'], on: 'value', message });
  }
  for (const [label, value] of Object.entries(expected.labels)) {
    if (metadata.labels[label] === value) continue;
    issues.push({ path: ['metadata', 'labels', label], on: 'value', message: `must be ${value}` });
  }
  return issues;
}

/** First of all: a value in clear text. It is never repeated in a message. */
function clearTextIssues(value: unknown): readonly Issue[] {
  if (!isObject(value)) return [];
  const issues: Issue[] = [];
  for (const block of ['data', 'stringData']) {
    const entries = value[block];
    if (!isObject(entries)) continue;
    for (const [name, text] of Object.entries(entries)) {
      if (typeof text === 'string' && ENCRYPTED.test(text)) continue;
      const message = 'is not encrypted: whoever reads the repository reads this value; seal it and take it out of use';
      issues.push({ path: [block, name], on: 'key', message });
    }
  }
  return issues;
}
