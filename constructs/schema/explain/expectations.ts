import { ONE_LINE_PATTERN } from '../one-line.ts';
import { KEY_NAME_PATTERN } from '../common.ts';
import { FIELD_PATTERN } from '../fleet.ts';
import { INSTANCE_NAME_PATTERN } from '../names.ts';
import { OWNER_PATTERN } from '../policy-owners.ts';
import { RING_PATTERN } from '../rollout.ts';
import { GPG_KEY_PATTERN, SIGNER_LINE_PATTERN } from '../policy.ts';

/** What a pattern means to a person; keyed by the pattern itself, so that schemas stay plain JSON Schema. */
const EXPECTATIONS: Readonly<Record<string, string>> = {
  [OWNER_PATTERN]: 'an owner such as @ada, @acme/platform or ada@example.com',
  [INSTANCE_NAME_PATTERN]:
    'a name such as "bot-alpha": "bot-" first, then lower-case letters, digits and hyphens, no hyphen at the end',
  [ONE_LINE_PATTERN]: 'one line of text without control characters',
  [KEY_NAME_PATTERN]: 'the name of a key such as ANTHROPIC_API_KEY',
  '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$': 'a Kubernetes quantity such as 500m, 2 or 4Gi',
  '^[A-Za-z_][A-Za-z0-9_]{0,127}$':
    'the name of an environment variable: letters, digits and underscores, no digit first',
  '^[A-Za-z0-9_*]{1,128}$': 'the name of an environment variable, in which * stands for any letters',
  '^[a-zA-Z0-9\\[][a-zA-Z0-9._:/@+\\[\\]-]*$': 'an image such as ghcr.io/acme/moltbot:2026.1',
  '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$': 'a Kubernetes name: lower-case letters, digits, hyphens and dots',
  '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$': 'a Kubernetes name: lower-case letters, digits and hyphens, no hyphen at an end',
  [RING_PATTERN]: 'how many bots a ring has: a number such as "1", or a share such as 5%',
  [FIELD_PATTERN]: 'a field as a plan writes it, such as spec.replicas or metadata.labels[example.com/team]',
  [SIGNER_LINE_PATTERN]: 'one line, such as ada@example.com ssh-ed25519 AAAA...',
  [GPG_KEY_PATTERN]: 'an armoured public key: it starts with -----BEGIN PGP PUBLIC KEY BLOCK-----',
  '^age1[a-z0-9]{20,2000}$': 'an age recipient: it starts with "age1"',
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$': 'a time in UTC such as 2026-11-19T14:31:40Z',
  '^[1-9][0-9]{2,3}x[1-9][0-9]{2,3}$': 'a screen size such as 1920x1080',
};

export function expectationOf(pattern: string): string {
  return EXPECTATIONS[pattern] ?? `text that matches ${pattern}`;
}

/** What to do instead of a field that people bring along from elsewhere. Keyed by the dotted path. */
const INSTEAD: Readonly<Record<string, string>> = {
  'metadata.namespace': 'claworc.yaml says the namespace of the whole fleet',
  'metadata.labels': 'labels are rendered; use annotations',
  'spec.namespace': 'claworc.yaml says the namespace of the whole fleet',
  'spec.replicas': 'use spec.state: running or stopped',
  'spec.apiKeys': 'API keys are sealed under secrets/',
  'spec.secrets': 'API keys are sealed under secrets/',
  'spec.nodePort': 'use spec.nodePorts with chrome and terminal',
  'spec.ports': 'use spec.nodePorts with chrome and terminal',
  status: 'records hold no status',
};

export function insteadOf(field: string): string | undefined {
  return INSTEAD[field];
}
