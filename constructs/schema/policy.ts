import Type, { type Static } from 'typebox';
import { ExposureSchema, QuantitySchema } from './common.ts';
import { OwnersSchema } from './policy-owners.ts';
import { RemovalBudgetSchema } from './removal-budget.ts';

const most = (what: string) =>
  Type.Object(
    {
      cpu: Type.Optional(QuantitySchema),
      memory: Type.Optional(QuantitySchema),
      volumes: Type.Optional(QuantitySchema),
    },
    { additionalProperties: false, description: what },
  );

/** One line; what it holds is read by `allowed-signers.ts`. */
export const SIGNER_LINE_PATTERN = '^[^\\r\\n]+$';
export const GPG_KEY_PATTERN = '^-----BEGIN PGP PUBLIC KEY BLOCK-----\\r?\\n';

const GlobSchema = Type.String({ pattern: '^[A-Za-z0-9_*]{1,128}$' });

/** Rules of claworc.yaml about what records, tombstones and its own recipients may say, beside `allowedImages`. */
export const POLICY_RULES = {
  deniedTags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      description:
        'Image tags that no bot may run; `latest` is also that of an image without one. An image with a digest is let through.',
    }),
  ),
  maxPerBot: Type.Optional(
    most('What one bot may have at most: limits of CPU and memory, sizes of its volumes together.'),
  ),
  maxOfFleet: Type.Optional(
    most(
      'What all bots together may ask for: requests of CPU and memory of those that run, volumes of all. Over it no edit and no pull request passes that brings it there; it holds no bot.',
    ),
  ),
  env: Type.Optional(
    Type.Object(
      {
        allow: Type.Optional(
          Type.Array(GlobSchema, {
            description: 'Names of variables that records may set, `*` for any letters; without it all but `deny`.',
          }),
        ),
        deny: Type.Optional(
          Type.Array(GlobSchema, { description: 'Names that they may not, also where `allow` has them.' }),
        ),
      },
      { additionalProperties: false, description: 'Names of environment variables in records.' },
    ),
  ),
  exposure: Type.Optional(
    Type.Array(ExposureSchema, { description: 'How the screens of bots may be reached; without it either way.' }),
  ),
  removals: Type.Optional(
    Type.Union([Type.Literal('any'), Type.Literal('keepData'), Type.Literal('none')], {
      description:
        '`keepData`: no tombstone says `data: destroy`. `none`: there is no tombstone, so no bot leaves. Default `any`.',
    }),
  ),
  removalBudget: Type.Optional(RemovalBudgetSchema),
  recipients: Type.Optional(
    Type.Array(Type.String({ pattern: '^age1[a-z0-9]{20,2000}$' }), {
      description:
        'age recipients that a later commit may add to `spec.recipients`. One that is not here is refused in a pull request.',
    }),
  ),
  owners: Type.Optional(OwnersSchema),
  signedCommits: Type.Optional(
    Type.Object(
      {
        required: Type.Boolean({
          description: 'Nothing is applied that a commit brought which none of these signed, see "Signed commits".',
        }),
        allowedSigners: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 4096, pattern: SIGNER_LINE_PATTERN }), {
            description:
              "Lines as in OpenSSH's allowed_signers: who signs, the kind of the key, the public key. Before the kind may stand `valid-after` and `valid-before`.",
          }),
        ),
        gpgKeys: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 32_768, pattern: GPG_KEY_PATTERN }), {
            description: 'Armoured public keys of gpg, as `gpg --armor --export` gives them.',
          }),
        ),
      },
      { additionalProperties: false, description: 'Whose signatures commits of main have to carry.' },
    ),
  ),
} as const;

export type PolicyRules = Static<Type.TObject<typeof POLICY_RULES>>;
