import { RENDERING, type Fleet } from '../../../constructs/schema/index.ts';
import { signersOf } from '../../../constructs/schema/allowed-signers.ts';
import { fingerprintOf } from '../../git/signing/ssh-public-key.ts';
import type { Settings } from '../../http/schemas/settings.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedKeys } from '../instances/edited.ts';
import { NAMED_KEYS } from '../keys/key-fields.ts';
import { maskOf } from '../keys/masks.ts';
import { readRecipients } from '../keys/recipients.ts';
import { openNamespaces } from './open-namespaces.ts';

/** The settings, drafts included; keys as `****abcd`. Throws `git_unreachable` before claworc.yaml was read. */
export function getSettings(context: AppContext): Settings {
  const read = context.store.reader;
  const { fleet, commit, drafts } = readEditedFleet(read);
  const keys = readEditedKeys(read, 'global');
  const recipients = readRecipients(read);
  const open = openNamespaces(context);
  const masked = (name: string): string | null => {
    const key = keys.get(name);
    return key === undefined ? null : maskOf(key);
  };
  const named = new Set<string>(Object.values(NAMED_KEYS));
  return {
    anthropic_api_key: masked(NAMED_KEYS.anthropic_api_key),
    openai_api_key: masked(NAMED_KEYS.openai_api_key),
    brave_api_key: masked(NAMED_KEYS.brave_api_key),
    api_keys: Object.fromEntries(
      [...keys.values()].filter(({ name }) => !named.has(name)).map((key) => [key.name, maskOf(key)]),
    ),
    ...defaultsOf(fleet),
    signing: signingOf(fleet, context),
    open_namespaces: open === null ? null : [...open],
    recipients: [...recipients.named],
    recipients_accepted: [...recipients.accepted],
    revision: commit,
    sync: syncOf(drafts.map(({ state }) => state)),
  };
}

function signingOf({ spec }: Fleet, { repository }: Pick<AppContext, 'repository'>): Settings['signing'] {
  const { required = false, allowedSigners = [], gpgKeys = [] } = spec.policy?.signedCommits ?? {};
  const timeOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  return {
    required,
    signers: signersOf(allowedSigners).map(({ principal, key, validAfter, validBefore }) => ({
      name: principal,
      key: fingerprintOf(Buffer.from(key, 'base64')),
      valid_after: timeOf(validAfter),
      valid_before: timeOf(validBefore),
    })),
    gpg_keys: gpgKeys.length,
    own_key: repository.signatures.signer?.fingerprint() ?? null,
  };
}

function defaultsOf({ spec }: Fleet) {
  const { requests, limits } = spec.resources;
  return {
    default_cpu_request: requests.cpu,
    default_cpu_limit: limits.cpu,
    default_memory_request: requests.memory,
    default_memory_limit: limits.memory,
    default_storage_clawdbot: spec.storage.clawdbot,
    default_storage_homebrew: spec.storage.homebrew,
    default_storage_clawd: spec.storage.clawd,
    default_storage_chrome: spec.storage.chrome,
    image: spec.image,
    namespace: spec.namespace,
    vnc_exposure: spec.exposure,
    publish: spec.publish ?? 'direct',
    applier: spec.applier ?? 'claworc',
    reconcile: spec.reconcile ?? { mode: 'apply' as const },
    leave_to_cluster: (spec.policy?.leaveToCluster ?? []).map((rule) => ({ ...rule, fields: [...rule.fields] })),
    rendering: spec.rendering,
    rendering_newest: RENDERING,
  };
}

function syncOf(states: readonly string[]): string {
  if (states.length === 0) return 'published';
  if (states.every((state) => state === 'proposed')) return 'proposed';
  return states.every((state) => state === 'pending' || state === 'proposed') ? 'draft' : 'failed';
}
