import { stringify } from 'yaml';
import { ENCRYPTED_REGEX } from './sops-metadata.ts';

/**
 * Text of `.sops.yaml` for an instances repo: with it a person's `sops edit secrets/global/openai-api-key.yaml` keeps
 * the format. `mac_only_encrypted` can be had from this file only, and without `indent` an edit moves every line.
 */
export function renderSopsConfig(recipients: readonly string[]): string {
  return stringify(
    {
      creation_rules: [
        {
          path_regex: String.raw`^secrets/[^/]+/[^/]+\.yaml$`,
          encrypted_regex: ENCRYPTED_REGEX,
          mac_only_encrypted: true,
          age: recipients.join(','),
        },
      ],
      stores: { yaml: { indent: 2 } },
    },
    { lineWidth: 0 },
  );
}
