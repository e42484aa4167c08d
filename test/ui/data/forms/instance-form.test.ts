import { expect, test } from 'vitest';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { checkForm, createBody, emptyForm, formOf, updateBody } from '../../../../ui/src/data/forms/instance-form.ts';
import { checkSettings, settingsBody } from '../../../../ui/src/data/forms/settings-form.ts';
import { instance } from '../../instances.ts';

const settings: Settings = {
  anthropic_api_key: '****abcd',
  openai_api_key: null,
  brave_api_key: null,
  api_keys: {},
  default_cpu_request: '500m',
  default_cpu_limit: '2000m',
  default_memory_request: '1Gi',
  default_memory_limit: '4Gi',
  default_storage_clawdbot: '5Gi',
  default_storage_homebrew: '10Gi',
  default_storage_clawd: '5Gi',
  default_storage_chrome: '5Gi',
  image: 'moltbot:1',
  namespace: 'claworc',
  vnc_exposure: 'proxy',
  publish: 'direct',
  applier: 'claworc',
  reconcile: { mode: 'apply' },
  open_namespaces: null,
  leave_to_cluster: [],
  signing: { required: false, signers: [], gpg_keys: 0, own_key: null },
  rendering: 1,
  rendering_newest: 2,
  recipients: [],
  recipients_accepted: [],
  revision: null,
  sync: 'applied',
};
const empty = emptyForm(settings);

test('a new bot sends only what differs from the fleet, so that the rest stays inherited', () => {
  expect(createBody({ ...empty, display_name: ' Warranty desk ' }, settings)).toEqual({
    display_name: 'Warranty desk',
  });
  const form = { ...empty, display_name: 'X', sizes: { ...empty.sizes, memory_limit: '6Gi', cpu_limit: '' } };
  expect(createBody({ ...form, keys: { openai_api_key: 'sk' }, config: '{}' }, settings)).toEqual({
    display_name: 'X',
    memory_limit: '6Gi',
    openai_api_key: 'sk',
    clawdbot_config: '{}',
  });
});

test('each wrong field says what is wrong with it', () => {
  const form = {
    ...empty,
    display_name: 'Bot Alpha',
    sizes: { ...empty.sizes, cpu_request: '3', memory_limit: 'much', storage_chrome: '5 Gi' },
    image: 'a b',
    config: '{"a": 1,}',
  };
  expect(checkForm(form, new Set(['bot-alpha']))).toEqual({
    display_name: 'bot-alpha exists already. Choose another name.',
    memory_limit: 'much is no amount. Write it like 512Mi or 4Gi.',
    storage_chrome: '5 Gi is no amount. Write it like 512Mi or 4Gi.',
    cpu_request: 'More than the limit of 2000m.',
    image:
      'No image: "a b" in the repository must be lower-case letters and digits, parted by ".", "_", "__" or hyphens.',
    clawdbot_config: 'Line 1, column 8: no comma may stand before the closing }',
  });
  expect(checkForm({ ...empty, display_name: '???' }, new Set()).display_name).toContain('leaves no name');
});

test('an edit sends what was changed; an emptied field is inherited again', () => {
  const bot = instance('bot-a', { memory_limit: '6Gi' });
  const form = formOf(bot);
  expect(updateBody(form, bot)).toEqual({});
  const edited = {
    ...form,
    sizes: { ...form.sizes, memory_limit: '', storage_chrome: '8Gi', storage_clawd: '' },
    image: '',
  };
  expect(updateBody(edited, bot)).toEqual({ memory_limit: null, storage_chrome: '8Gi', image: null });
});

test('settings send what differs, and keys that were typed or taken away', () => {
  const keys = new Map([
    ['OPENAI_API_KEY', 'sk'],
    ['ANTHROPIC_API_KEY', null],
    ['GROQ_API_KEY', 'g'],
    ['BRAVE_API_KEY', ''],
  ]);
  expect(settingsBody(settings, { image: 'moltbot:1', default_cpu_limit: '4' }, keys)).toEqual({
    default_cpu_limit: '4',
    openai_api_key: 'sk',
    anthropic_api_key: null,
    api_keys: { GROQ_API_KEY: 'g' },
  });
  expect(Object.keys(checkSettings(settings, { default_cpu_limit: '', namespace: 'No' }))).toEqual([
    'default_cpu_limit',
    'namespace',
  ]);
});

test('rules about fields that are left to the cluster are sent without empty lines, and only where they differ', () => {
  const rule = { kind: 'Deployment', fields: ['spec.replicas'] } as const;
  const typed = { kind: 'Deployment', fields: ['spec.replicas ', '', ''] } as const;
  const known = { ...settings, leave_to_cluster: [{ ...rule, fields: [...rule.fields] }] };
  const form = { leave_to_cluster: [{ ...typed, fields: [...typed.fields] }] };
  expect(settingsBody(settings, form, new Map())).toEqual({ leave_to_cluster: [rule] });
  expect(settingsBody(known, form, new Map())).toEqual({});
  expect(settingsBody(known, { leave_to_cluster: [] }, new Map())).toEqual({ leave_to_cluster: [] });
  expect(checkSettings(settings, { leave_to_cluster: [{ kind: 'Service', fields: [' '] }] })).toEqual({
    leave_to_cluster: 'Rule 1 names no field.',
  });
});

test('a chosen pair of node ports is sent by its chrome port; an empty field leaves the choice to the server', () => {
  const open = { ...empty, display_name: 'X', vnc_exposure: 'nodePort' } as const;
  const chosen = { ...open, nodeport_chrome: ' 30120 ' };
  expect(createBody(chosen, settings)).toEqual({ display_name: 'X', vnc_exposure: 'nodePort', nodeport_chrome: 30120 });
  expect(createBody(open, settings)).toEqual({ display_name: 'X', vnc_exposure: 'nodePort' });
  expect(createBody({ ...chosen, vnc_exposure: 'proxy' }, settings)).toEqual({ display_name: 'X' });

  const bot = instance('bot-x', { vnc_exposure: 'nodePort', nodeport_chrome: 30120, nodeport_terminal: 30121 });
  expect(updateBody(formOf(bot), bot)).toEqual({});
  expect(updateBody({ ...formOf(bot), nodeport_chrome: '30122' }, bot)).toEqual({ nodeport_chrome: 30122 });
});

test.each(['30101', '30200', '30098', 'chrome', '30100.5'])('%s is no chrome port, and the form says so', (typed) => {
  const form = { ...empty, display_name: 'X', vnc_exposure: 'nodePort', nodeport_chrome: typed } as const;
  expect(checkForm(form, new Set()).nodeport_chrome).toContain('even number from 30100 to 30198');
  expect(checkForm({ ...form, vnc_exposure: 'proxy' }, new Set())).toEqual({});
});

test('kept volumes are taken over by the name that was asked about, and by no other', () => {
  const agreed = { ...empty, display_name: 'Port Two', takeOver: 'bot-port-two' };
  expect(createBody(agreed, settings)).toEqual({ display_name: 'Port Two', reuse_volumes: true });
  expect(createBody({ ...agreed, display_name: 'Port Three' }, settings)).toEqual({ display_name: 'Port Three' });
  expect(createBody({ ...empty, display_name: 'Port Two' }, settings)).toEqual({ display_name: 'Port Two' });
});
