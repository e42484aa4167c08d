import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { refuse, type Refusal } from './errors.ts';

/** The one rule for what is encrypted; also in .sops.yaml. Kubernetes and Flux need everything else in clear text. */
export const ENCRYPTED_REGEX = '^(data|stringData)$';

/** The release of SOPS whose format is written here: keys sorted, no lists of unused key services. */
export const SOPS_VERSION = '3.13.0';

/** The `sops` block. Releases before 3.13 also write empty lists of other key services, which say nothing. */
const SopsMetadataSchema = Type.Object({
  age: Type.Array(Type.Object({ enc: Type.String(), recipient: Type.String() }), { minItems: 1, maxItems: 32 }),
  encrypted_regex: Type.String(),
  lastmodified: Type.String(),
  mac: Type.String(),
  mac_only_encrypted: Type.Optional(Type.Boolean()),
  version: Type.String({ minLength: 1 }),
});
export type SopsMetadata = Static<typeof SopsMetadataSchema>;

/** Other ways of SOPS to say what is encrypted and how keys combine: with one of them the file means something else. */
const FOREIGN_RULES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_comment_regex',
  'unencrypted_comment_regex',
  'key_groups',
  'shamir_threshold',
] as const;

export function readSopsMetadata(
  block: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly metadata: SopsMetadata } | Refusal {
  const foreign = FOREIGN_RULES.find((rule) => isSet(block[rule]));
  if (foreign !== undefined) return refuse('unsupported', `The sops block has ${foreign}, which is not supported.`);
  if (block.encrypted_regex !== ENCRYPTED_REGEX) {
    return refuse('unsupported', `The sops block needs encrypted_regex: ${ENCRYPTED_REGEX} (as .sops.yaml says).`);
  }
  if (!Value.Check(SopsMetadataSchema, block)) {
    return refuse('not_a_sealed_key', 'The sops block lacks age recipients, lastmodified, mac or version.');
  }
  return { ok: true, metadata: block };
}

function isSet(value: unknown): boolean {
  return !(value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0));
}
