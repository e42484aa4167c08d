import { BINDING_ENTRY, bindingOf } from '../../constructs/sealed-secret.ts';
import type { KeyScope } from '../../constructs/schema/names.ts';
import { unwrapDataKey } from './data-key.ts';
import { refuse, type Refusal } from './errors.ts';
import type { AgeIdentity } from './identity.ts';
import { parseSealedDocument, type Leaf, type SealedDocument } from './sealed-document.ts';
import { macOf } from './sops-mac.ts';
import { contextOf, decryptValue, isEncryptedValue } from './sops-value.ts';

export interface KeyPlace {
  readonly scope: KeyScope;
  readonly key: string;
}

export type OpenedKey = { readonly ok: true; readonly value: string } | Refusal;

/**
 * The value of a sealed key, if the whole file is in order: a Secret with nothing in clear text, whose MAC holds and
 * whose binding names this scope and key. Written by us or by `sops`. It does not look at `metadata`, which the seal
 * does not cover. A refusal never holds anything that was decrypted.
 */
export async function openKey(text: string, identity: AgeIdentity, place: KeyPlace): Promise<OpenedKey> {
  const parsed = parseSealedDocument(text);
  if (!parsed.ok) return parsed;
  const { document } = parsed;
  const problem = checkShape(document.leaves, place);
  if (problem) return problem;
  const dataKey = await unwrapDataKey(document.sops.age, identity);
  if (!dataKey) return refuseForeign(document, identity);
  try {
    return openWith(dataKey, document, place);
  } finally {
    dataKey.fill(0);
  }
}

const CLEAR_FIELDS: readonly (string | undefined)[] = ['apiVersion', 'kind', 'metadata', 'type'];

function checkShape(leaves: readonly Leaf[], { key }: KeyPlace): Refusal | null {
  const isSecret = valueAt(leaves, 'apiVersion') === 'v1' && valueAt(leaves, 'kind') === 'Secret';
  if (!isSecret) return refuse('not_a_sealed_key', 'The file is not a Kubernetes Secret.');
  const clear = leaves.filter((leaf) => CLEAR_FIELDS.includes(leaf.path[0]));
  if (clear.some(({ path }) => path.includes('data') || path.includes('stringData'))) {
    return refuse('unsupported', 'The metadata has a key named data or stringData, which SOPS would encrypt.');
  }
  const sealed = leaves.filter((leaf) => !clear.includes(leaf));
  const entries = sealed.map(({ path }) => (path[0] === 'stringData' && path.length === 2 ? path[1] : undefined));
  const wanted = [key, BINDING_ENTRY];
  if (entries.length !== 2 || !wanted.every((entry) => entries.includes(entry))) {
    return refuse('not_a_sealed_key', `stringData must hold ${key} and ${BINDING_ENTRY} and nothing else.`);
  }
  const bare = sealed.find(({ text }) => !isEncryptedValue(text ?? ''));
  return bare ? refuse('not_encrypted', `stringData.${bare.path[1] ?? ''} is not encrypted.`) : null;
}

function valueAt(leaves: readonly Leaf[], field: string): string | null | undefined {
  return leaves.find(({ path }) => path.length === 1 && path[0] === field)?.text;
}

function openWith(dataKey: Uint8Array, { leaves, sops }: SealedDocument, { scope, key }: KeyPlace): OpenedKey {
  const onlyEncrypted = sops.mac_only_encrypted ?? false;
  const opened = new Map<string, Buffer>();
  const authenticated: (string | Uint8Array)[] = [];
  for (const { path, text } of leaves) {
    if (text === null) continue;
    const [field, entry] = path;
    if (field !== 'stringData' || entry === undefined) {
      if (!onlyEncrypted) authenticated.push(text);
      continue;
    }
    const value = decryptValue(text, dataKey, contextOf(path));
    if (!value) return refuse('tampered', `stringData.${entry} was changed after it was encrypted.`);
    if (value.type !== 'str') return refuse('unsupported', `stringData.${entry} is not text: put quotes round it.`);
    opened.set(entry, value.bytes);
    authenticated.push(value.bytes);
  }
  const mac = decryptValue(sops.mac, dataKey, sops.lastmodified);
  if (mac?.bytes.toString('latin1') !== macOf(authenticated, onlyEncrypted)) {
    return refuse('tampered', 'The MAC of the file does not hold: it was changed after it was encrypted.');
  }
  if (opened.get(BINDING_ENTRY)?.toString() !== bindingOf(scope, key)) {
    return refuse('wrong_binding', `The file was not sealed as ${bindingOf(scope, key)}: it was moved or copied here.`);
  }
  return decodeValue(opened.get(key), key);
}

/** Strict about UTF-8, since a Secret in JSON holds text; NUL can be in no environment variable. */
function decodeValue(bytes: Buffer | undefined, key: string): OpenedKey {
  try {
    const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return value.includes('\0')
      ? refuse('control_characters', `The value of ${key} holds a NUL.`)
      : { ok: true, value };
  } catch {
    return refuse('unsupported', `The value of ${key} is not UTF-8 text.`);
  }
}

function refuseForeign({ sops }: SealedDocument, identity: AgeIdentity): Refusal {
  const recipients = sops.age.map(({ recipient }) =>
    /^age1[a-z0-9]+$/.test(recipient) ? recipient.slice(0, 70) : '?',
  );
  const mine = identity.recipients.join(', ');
  return refuse(
    'no_identity',
    `It is sealed for ${recipients.join(', ')}, and this identity opens what is sealed for ${mine}.`,
  );
}
