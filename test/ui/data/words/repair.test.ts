import { expect, test } from 'vitest';
import { repairPlace } from '../../../../ui/src/data/words/repair.ts';

const bot = { name: 'bot-alpha', inherited: [], status_reason: '' };

test.each([
  ['image', 'instances/bot-alpha?edit=image'],
  ['resources', 'instances/bot-alpha?edit=memory_limit'],
  ['config', 'instances/bot-alpha/config'],
  ['key', 'instances/bot-alpha?keys'],
  ['log', 'instances/bot-alpha/logs'],
  ['volume', 'instances/bot-alpha/manifests?object=PersistentVolumeClaim&version=live'],
  ['ports', 'instances/bot-alpha?edit=nodeport_chrome'],
] as const)('a cause that %s mends leads to %s', (repair, href) => {
  expect(repairPlace(repair, bot, 'kubectl get all')?.href).toBe(href);
});

test.each([
  ['No node has enough cpu', 'cpu_request'],
  ['No node has enough cpu and memory', 'cpu_request'],
  ['No node has enough memory', 'memory_request'],
  ['Evicted by its node', 'memory_request'],
  ['Out of memory', 'memory_limit'],
])('resources lead to the field that the cause is about: %s', (status_reason, field) => {
  expect(repairPlace('resources', { ...bot, status_reason }, null)?.href).toBe(`instances/bot-alpha?edit=${field}`);
});

test('an image that a bot has from the fleet is mended in the settings', () => {
  expect(repairPlace('image', { ...bot, inherited: ['image'] }, null)?.href).toBe('settings?edit=image');
});

test.each(['pull_secret', 'node', 'none'] as const)('no page pretends to mend %s', (repair) => {
  expect(repairPlace(repair, bot, 'kubectl get all')).toBeUndefined();
});

test('where no command makes a pull secret, the image is what the dashboard can mend', () => {
  expect(repairPlace('pull_secret', bot, null)?.href).toBe('instances/bot-alpha?edit=image');
});
