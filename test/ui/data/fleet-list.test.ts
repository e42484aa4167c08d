import { expect, test } from 'vitest';
import { GROUPS, groupOf, isGrouped, selectInstances, type FleetQuery } from '../../../ui/src/data/fleet-list.ts';
import { instance } from '../instances.ts';

const STATUSES = ['creating', 'running', 'stopped', 'error'] as const;
const SYNCS = ['draft', 'proposed', 'published', 'applied', 'drifted', 'failed'] as const;
const all: FleetQuery = { show: 'all', text: '', sort: 'status', descending: false };
const fleet = [
  instance('bot-calm'),
  instance('bot-off', { status: 'stopped' }),
  instance('bot-drifted', { sync: 'drifted' }),
  instance('bot-new', { status: 'creating', sync: 'published' }),
  instance('bot-broken', { status: 'error', memory_limit: '8Gi' }),
  instance('bot-edited', { sync: 'draft' }),
];
const names = (query: Partial<FleetQuery>): string[] =>
  selectInstances(fleet, { ...all, ...query }).map((bot) => bot.name.replace('bot-', ''));

test('what needs a person comes first, then what changes, what runs, what is stopped', () => {
  expect(names({})).toEqual(['broken', 'drifted', 'new', 'edited', 'calm', 'off']);
  expect(fleet.map(groupOf)).toEqual(['running', 'stopped', 'attention', 'changing', 'attention', 'changing']);
});

test('each bot is behind one chip, whatever its status and sync; drafts are a choice of their own', () => {
  const every = STATUSES.flatMap((status) => SYNCS.map((sync) => instance(`${status}-${sync}`, { status, sync })));
  const behind = GROUPS.flatMap((show) => selectInstances(every, { ...all, show }));
  expect(behind.map(({ name }) => name).sort()).toEqual(every.map(({ name }) => name).sort());
  expect(names({ show: 'running' })).toEqual(['calm']);
  expect(names({ show: 'drafts' })).toEqual(['edited']);
});

test('a stopped bot whose commit waits for a cluster is stopped, and counted once', () => {
  const bot = instance('bot-off', { status: 'stopped', sync: 'published', sync_reason: 'No cluster is named.' });
  expect(GROUPS.filter((show) => selectInstances([bot], { ...all, show }).length > 0)).toEqual(['stopped']);
  expect(groupOf({ ...bot, status: 'running' })).toBe('changing');
});

test('a bot that runs as main says is running, however long a proposal waits (it once was changing for weeks)', () => {
  const bot = instance('bot-calm', { sync: 'proposed', revision: 'a'.repeat(40), live_revision: 'a'.repeat(40) });
  expect(groupOf(bot)).toBe('running');
  expect(groupOf({ ...bot, live_revision: null })).toBe('changing');
  expect(groupOf({ ...bot, status: 'stopped' })).toBe('stopped');
});

test('text finds in names, whatever their case', () => {
  expect(names({ text: ' DRIFT ' })).toEqual(['drifted']);
  expect(names({ text: 'nobody' })).toEqual([]);
});

test('any other order has no groups', () => {
  expect(names({ sort: 'name' })).toEqual(['broken', 'calm', 'drifted', 'edited', 'new', 'off']);
  expect(names({ sort: 'memory', descending: true })[0]).toBe('broken');
  expect([isGrouped(all), isGrouped({ ...all, sort: 'name' })]).toEqual([true, false]);
});

test('a suspended bot asks for nobody and moves nowhere, whatever differs; one that is only compared asks when it drifts', () => {
  const left = (mode: 'suspend' | 'detect') => ({ mode, reason: null, from: 'record' }) as const;
  expect(groupOf(instance('bot-a', { reconcile: left('suspend'), sync: 'drifted' }))).toBe('running');
  expect(groupOf(instance('bot-a', { reconcile: left('suspend'), sync: 'published' }))).toBe('running');
  expect(groupOf(instance('bot-a', { reconcile: left('suspend'), status: 'error' }))).toBe('attention');
  expect(groupOf(instance('bot-a', { reconcile: left('detect'), sync: 'drifted' }))).toBe('attention');
  const both = [instance('bot-a', { reconcile: left('detect') }), instance('bot-b')];
  expect(selectInstances(both, { ...all, show: 'suspended' }).map(({ name }) => name)).toEqual(['bot-a']);
});
