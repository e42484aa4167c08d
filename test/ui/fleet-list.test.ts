import { expect, test } from 'vitest';
import { groupOf, isGrouped, selectInstances, type FleetQuery } from '../../ui/src/data/fleet-list.ts';
import { instance } from './instances.ts';

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

test('a chip shows by its word: a running bot with a draft is behind Running, too', () => {
  expect(names({ show: 'running' })).toEqual(['drifted', 'edited', 'calm']);
  expect(names({ show: 'changing' })).toEqual(['new', 'edited']);
  expect(names({ show: 'drafts' })).toEqual(['edited']);
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
