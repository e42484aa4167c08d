import { expect, test } from 'vitest';
import { systemRandom } from '../../../server/lib/random.ts';
import { createTickets, type TicketPlace } from '../../../server/vnc/tickets.ts';

const place: TicketPlace = { instance: 'bot-alpha', screen: 'chrome', client: '10.0.0.1' };

function setUp(limit?: number) {
  let now = 1_000_000;
  const clock = { now: () => now };
  const tickets = createTickets({ clock, random: systemRandom, ...(limit !== undefined && { limit }) });
  return { tickets, pass: (ms: number) => (now += ms) };
}

test('a ticket has 192 bits and gives its mode once', () => {
  const { tickets } = setUp();

  const { ticket, expiresAt } = tickets.issue(place, 'view');

  expect(Buffer.from(ticket, 'base64url')).toHaveLength(24);
  expect(expiresAt).toBe(1_030_000);
  expect(tickets.redeem(ticket, place)).toBe('view');
  expect(tickets.redeem(ticket, place)).toBeNull();
});

test('a ticket is good for 30 s', () => {
  const { tickets, pass } = setUp();
  const early = tickets.issue(place, 'control').ticket;
  const late = tickets.issue(place, 'control').ticket;

  pass(29_999);
  expect(tickets.redeem(early, place)).toBe('control');
  pass(1);
  expect(tickets.redeem(late, place)).toBeNull();
});

test.each([
  ['another bot', { instance: 'bot-omega' }],
  ['another screen', { screen: 'terminal' as const }],
  ['another client', { client: '10.0.0.2' }],
])('a ticket that is tried for %s is refused and used up', (_, other) => {
  const { tickets } = setUp();
  const { ticket } = tickets.issue(place, 'control');

  expect(tickets.redeem(ticket, { ...place, ...other })).toBeNull();
  expect(tickets.redeem(ticket, place)).toBeNull();
});

test('what was never a ticket is refused', () => {
  const { tickets } = setUp();
  tickets.issue(place, 'control');

  for (const guess of ['', 'x', '__proto__', 'A'.repeat(32)]) expect(tickets.redeem(guess, place)).toBeNull();
});

test('no more than the limit lie unused, and expired ones make room', () => {
  const { tickets, pass } = setUp(2);
  tickets.issue(place, 'view');
  pass(10_000);
  tickets.issue(place, 'view');

  expect(() => tickets.issue(place, 'view')).toThrow(expect.objectContaining({ code: 'too_many' }));
  pass(20_000);
  expect(tickets.issue(place, 'view').ticket).not.toBe('');
});
