import { parseImage } from '../../../../constructs/schema/image-reference.ts';
import { parseQuantity } from '../../../../constructs/schema/quantity.ts';
import type { LeftFields } from '../../../../constructs/schema/fleet.ts';
import type { Settings, UpdateSettings } from '../../../../server/http/schemas/settings.ts';

export const SIZE_SETTINGS = [
  'default_cpu_request',
  'default_cpu_limit',
  'default_memory_request',
  'default_memory_limit',
  'default_storage_clawdbot',
  'default_storage_homebrew',
  'default_storage_clawd',
  'default_storage_chrome',
] as const;
export type SizeSetting = (typeof SIZE_SETTINGS)[number];

/** Fields that were typed into; everything else is as it is. */
export type SettingsForm = Readonly<Partial<Record<SizeSetting | 'image' | 'namespace', string>>> & {
  readonly vnc_exposure?: 'proxy' | 'nodePort';
  readonly publish?: 'direct' | 'propose';
  readonly rendering?: number;
  readonly applier?: 'claworc' | 'external';
  readonly reconcile?: Settings['reconcile'];
  /** Fields as they are typed: with empty lines. */
  readonly leave_to_cluster?: readonly LeftFields[];
};

/** By variable name: a new key, '' while it is still being typed, null to take it away. */
export type KeyWishes = ReadonlyMap<string, string | null>;

export const SETTING_LABELS: Readonly<Record<SizeSetting | 'image' | 'namespace', string>> = {
  default_cpu_request: 'CPU request',
  default_cpu_limit: 'CPU limit',
  default_memory_request: 'Memory request',
  default_memory_limit: 'Memory limit',
  default_storage_clawdbot: 'Volume clawdbot',
  default_storage_homebrew: 'Volume homebrew',
  default_storage_clawd: 'Volume clawd',
  default_storage_chrome: 'Volume chrome',
  image: 'Image',
  namespace: 'Namespace',
};

const STANDARD_KEYS: Readonly<Record<string, 'anthropic_api_key' | 'openai_api_key' | 'brave_api_key'>> = {
  ANTHROPIC_API_KEY: 'anthropic_api_key',
  OPENAI_API_KEY: 'openai_api_key',
  BRAVE_API_KEY: 'brave_api_key',
};

export function checkSettings(settings: Settings, form: SettingsForm): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const name of SIZE_SETTINGS) {
    const value = (form[name] ?? settings[name]).trim();
    if (parseQuantity(value) === undefined) errors[name] = `${value === '' ? 'Empty' : value} is no amount.`;
  }
  const image = parseImage((form.image ?? settings.image).trim());
  if (!image.ok) errors.image = `No image: ${image.reason}.`;
  const namespace = (form.namespace ?? settings.namespace).trim();
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(namespace) || namespace.length > 63) {
    errors.namespace = 'Lower case letters, digits and hyphens; at most 63.';
  }
  const rules = wantedRules(form.leave_to_cluster ?? settings.leave_to_cluster);
  const empty = rules.findIndex(({ fields }) => fields.length === 0);
  if (empty >= 0) errors.leave_to_cluster = `Rule ${empty + 1} names no field.`;
  return errors;
}

/** Rules as they are sent: one field a line, without what is empty. */
function wantedRules(rules: readonly LeftFields[]): LeftFields[] {
  return rules.map((rule) => ({ ...rule, fields: rule.fields.map((field) => field.trim()).filter(Boolean) }));
}

/** The body of the PUT: only what differs from `settings`. Keys that are still empty are left out. */
export function settingsBody(settings: Settings, form: SettingsForm, keys: KeyWishes): UpdateSettings {
  const body: Record<string, unknown> = {};
  const { leave_to_cluster: rules, reconcile, ...fields } = form;
  if (reconcile !== undefined) {
    const { mode, reason = '' } = reconcile;
    const isSame = mode === settings.reconcile.mode && reason.trim() === (settings.reconcile.reason ?? '');
    if (!isSame) body.reconcile = { mode, ...(reason.trim() !== '' && { reason: reason.trim() }) };
  }
  if (rules !== undefined) {
    const wanted = wantedRules(rules);
    if (JSON.stringify(wanted) !== JSON.stringify(settings.leave_to_cluster)) body.leave_to_cluster = wanted;
  }
  for (const [name, value] of Object.entries(fields)) {
    const wanted = typeof value === 'string' ? value.trim() : value;
    if (wanted !== settings[name as keyof SettingsForm]) body[name] = wanted;
  }
  const further: Record<string, string | null> = {};
  for (const [name, wish] of keys) {
    if (wish === '') continue;
    const field = STANDARD_KEYS[name];
    if (field === undefined) further[name] = wish;
    else body[field] = wish;
  }
  if (Object.keys(further).length > 0) body.api_keys = further;
  return body;
}
