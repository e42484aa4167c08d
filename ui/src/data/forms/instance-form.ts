import { NODE_PORT_RANGE } from '../../../../constructs/schema/bot-instance.ts';
import { parseImage } from '../../../../constructs/schema/image-reference.ts';
import { instanceNameOf } from '../../../../constructs/schema/names.ts';
import { compareQuantities, parseQuantity } from '../../../../constructs/schema/quantity.ts';
import type { CreateInstance, Instance, UpdateInstance } from '../../../../server/http/schemas/instance.ts';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { checkJson } from './json-check.ts';

export const RESOURCE_FIELDS = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;
export const STORAGE_FIELDS = ['storage_clawdbot', 'storage_homebrew', 'storage_clawd', 'storage_chrome'] as const;
export const KEY_FIELDS = ['anthropic_api_key', 'openai_api_key', 'brave_api_key'] as const;
export type ResourceField = (typeof RESOURCE_FIELDS)[number];
export type StorageField = (typeof STORAGE_FIELDS)[number];
export type KeyField = (typeof KEY_FIELDS)[number];

export const FIELD_LABELS: Readonly<Record<ResourceField | StorageField | KeyField, string>> = {
  cpu_request: 'CPU request',
  cpu_limit: 'CPU limit',
  memory_request: 'Memory request',
  memory_limit: 'Memory limit',
  storage_clawdbot: 'Volume clawdbot',
  storage_homebrew: 'Volume homebrew',
  storage_clawd: 'Volume clawd',
  storage_chrome: 'Volume chrome',
  anthropic_api_key: 'Anthropic',
  openai_api_key: 'OpenAI',
  brave_api_key: 'Brave',
};

/** Whether the form says that kept volumes of its own name are taken over. */
export function takesOver({ display_name, takeOver }: InstanceForm): boolean {
  const name = instanceNameOf(display_name);
  return name.ok && name.name === takeOver;
}

/** What is typed into the form of a bot. Sizes are text as it was typed; an empty one is inherited. */
export interface InstanceForm {
  readonly display_name: string;
  readonly sizes: Readonly<Record<ResourceField | StorageField, string>>;
  readonly image: string;
  readonly vnc_exposure: 'proxy' | 'nodePort';
  /** The chosen chrome port as it was typed; empty leaves the choice to the server. */
  readonly nodeport_chrome: string;
  readonly keys: Readonly<Partial<Record<KeyField, string>>>;
  readonly config: string;
  /** The bot whose kept volumes a new one of its name takes over; empty for none. Another name takes nothing over. */
  readonly takeOver: string;
}

export type FormErrors = Readonly<Record<string, string>>;

/** What the fleet would give a new bot. */
export function fleetSizes(settings: Settings): InstanceForm['sizes'] {
  return {
    cpu_request: settings.default_cpu_request,
    cpu_limit: settings.default_cpu_limit,
    memory_request: settings.default_memory_request,
    memory_limit: settings.default_memory_limit,
    storage_clawdbot: settings.default_storage_clawdbot,
    storage_homebrew: settings.default_storage_homebrew,
    storage_clawd: settings.default_storage_clawd,
    storage_chrome: settings.default_storage_chrome,
  };
}

/** An empty form: everything inherited. */
export function emptyForm(settings: Settings): InstanceForm {
  return {
    display_name: '',
    sizes: fleetSizes(settings),
    image: settings.image,
    vnc_exposure: settings.vnc_exposure,
    nodeport_chrome: '',
    keys: {},
    config: '',
    takeOver: '',
  };
}

export function formOf(instance: Instance): InstanceForm {
  const { display_name, image, vnc_exposure } = instance;
  const fields = [...RESOURCE_FIELDS, ...STORAGE_FIELDS];
  const sizes = Object.fromEntries(fields.map((field) => [field, instance[field]])) as InstanceForm['sizes'];
  const nodeport_chrome = instance.nodeport_chrome === null ? '' : String(instance.nodeport_chrome);
  return { display_name, sizes, image, vnc_exposure, nodeport_chrome, keys: {}, config: '', takeOver: '' };
}

/** What is wrong with a form, by field; empty when it may be sent. `taken` are the names of other bots. */
export function checkForm(form: InstanceForm, taken: ReadonlySet<string>, own?: string): FormErrors {
  const errors: Record<string, string> = {};
  const name = instanceNameOf(form.display_name);
  if (form.display_name.trim() === '') errors.display_name = 'A bot needs a name.';
  else if (form.display_name.length > 100) errors.display_name = 'At most 100 characters.';
  else if (!name.ok) errors.display_name = `${name.reason}.`;
  else if (own === undefined && taken.has(name.name))
    errors.display_name = `${name.name} exists already. Choose another name.`;
  for (const field of [...RESOURCE_FIELDS, ...STORAGE_FIELDS]) {
    const value = form.sizes[field].trim();
    if (value !== '' && parseQuantity(value) === undefined) errors[field] = sizeHint(field, value);
  }
  for (const kind of ['cpu', 'memory'] as const) {
    const request = form.sizes[`${kind}_request`].trim();
    const limit = form.sizes[`${kind}_limit`].trim();
    if (errors[`${kind}_request`] ?? errors[`${kind}_limit`] ?? (request === '' || limit === '')) continue;
    if (compareQuantities(request, limit) > 0) errors[`${kind}_request`] = `More than the limit of ${limit}.`;
  }
  const image = form.image.trim() === '' ? undefined : parseImage(form.image.trim());
  if (image?.ok === false) errors.image = `No image: ${image.reason}.`;
  const port = chosenPort(form);
  if (port !== null && !isPortOfChrome(port)) {
    errors.nodeport_chrome = 'An even number from 30100 to 30198: the terminal gets the port after it.';
  }
  const problem = form.config.trim() === '' ? null : checkJson(form.config);
  if (problem !== null) {
    errors.clawdbot_config = `Line ${problem.line}, column ${problem.column}: ${problem.message}`;
  }
  return errors;
}

/** What was typed for the chrome port, as a number; null where none is chosen. */
function chosenPort({ vnc_exposure, nodeport_chrome }: InstanceForm): number | null {
  const text = nodeport_chrome.trim();
  return vnc_exposure === 'proxy' || text === '' ? null : Number(text);
}

const isPortOfChrome = (port: number): boolean =>
  port >= NODE_PORT_RANGE.first && port < NODE_PORT_RANGE.last && port % 2 === 0;

function sizeHint(field: string, value: string): string {
  const example = field.startsWith('cpu') ? '500m or 2' : '512Mi or 4Gi';
  return `${value} is no amount. Write it like ${example}.`;
}

/** The body that creates this bot: only what differs from the fleet, so that the rest stays inherited. */
export function createBody(form: InstanceForm, settings: Settings): CreateInstance {
  const inherited = fleetSizes(settings);
  const body: Record<string, unknown> = { display_name: form.display_name.trim() };
  for (const field of [...RESOURCE_FIELDS, ...STORAGE_FIELDS]) {
    const value = form.sizes[field].trim();
    if (value !== '' && value !== inherited[field]) body[field] = value;
  }
  if (form.image.trim() !== '' && form.image.trim() !== settings.image) body.image = form.image.trim();
  if (form.vnc_exposure !== settings.vnc_exposure) body.vnc_exposure = form.vnc_exposure;
  const port = chosenPort(form);
  if (port !== null) body.nodeport_chrome = port;
  for (const field of KEY_FIELDS) if (form.keys[field]) body[field] = form.keys[field];
  if (form.config.trim() !== '') body.clawdbot_config = form.config;
  if (takesOver(form)) body.reuse_volumes = true;
  return body as CreateInstance;
}

/** The body that makes `instance` what the form says: only what was changed; an emptied field is inherited again. */
export function updateBody(form: InstanceForm, instance: Instance): UpdateInstance {
  const body: Record<string, unknown> = {};
  const name = form.display_name.trim();
  if (name !== instance.display_name) body.display_name = name;
  for (const field of RESOURCE_FIELDS) {
    const value = form.sizes[field].trim();
    if (value !== instance[field]) body[field] = value === '' ? null : value;
  }
  for (const field of STORAGE_FIELDS) {
    const value = form.sizes[field].trim();
    if (value !== '' && value !== instance[field]) body[field] = value;
  }
  const image = form.image.trim();
  if (image !== instance.image) body.image = image === '' ? null : image;
  if (form.vnc_exposure !== instance.vnc_exposure) body.vnc_exposure = form.vnc_exposure;
  const port = chosenPort(form);
  if (port !== null && port !== instance.nodeport_chrome) body.nodeport_chrome = port;
  return body;
}

export function isEmptyBody(body: object): boolean {
  return Object.keys(body).length === 0;
}
