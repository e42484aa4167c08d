import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { RandomBytes } from '../lib/random.ts';

export type ScreenName = 'chrome' | 'terminal';

/** `view` lets nothing through that could change the bot; enforced here, not in the browser. */
export type ScreenMode = 'view' | 'control';

/** What a ticket is good for. */
export interface TicketPlace {
  readonly instance: string;
  readonly screen: ScreenName;
  /** Who asked for it, where that can be told: a session, or the address. A ticket is good for the same one only. */
  readonly client: string;
}

export interface TicketOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** @default 30_000 */
  readonly lifetimeMs?: number;
  /** Tickets that were not used yet. @default 1000 */
  readonly limit?: number;
}

export interface Tickets {
  /** A ticket of 192 random bits and its last moment (ms). Throws `too_many` when too many lie unused. */
  issue(place: TicketPlace, mode: ScreenMode): { readonly ticket: string; readonly expiresAt: number };
  /** The mode of a good ticket. A ticket is gone after its first try, whatever came of it; null tells nothing more. */
  redeem(ticket: string, place: TicketPlace): ScreenMode | null;
}

const TICKET_BYTES = 24;

interface Issued {
  readonly place: TicketPlace;
  readonly mode: ScreenMode;
  readonly expiresAt: number;
}

/** Single-use tickets in memory. Only their hashes are kept, and nothing of them is ever logged. */
export function createTickets({ clock, random, lifetimeMs = 30_000, limit = 1000 }: TicketOptions): Tickets {
  // In order of expiry, since every ticket lives equally long.
  const issued = new Map<string, Issued>();
  const forgetExpired = (): void => {
    for (const [hash, { expiresAt }] of issued) {
      if (expiresAt > clock.now()) return;
      issued.delete(hash);
    }
  };

  return {
    issue(place, mode) {
      forgetExpired();
      if (issued.size >= limit) {
        throw new ClaworcError('too_many', `${limit} tickets wait to be used: try again in half a minute.`, {
          retryable: true,
        });
      }
      const ticket = Buffer.from(random(TICKET_BYTES)).toString('base64url');
      const expiresAt = clock.now() + lifetimeMs;
      issued.set(hashOf(ticket), { place, mode, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket, place) {
      const hash = hashOf(ticket);
      const found = issued.get(hash);
      issued.delete(hash);
      if (!found || found.expiresAt <= clock.now()) return null;
      const { instance, screen, client } = found.place;
      const matches = instance === place.instance && screen === place.screen && client === place.client;
      return matches ? found.mode : null;
    },
  };
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64');
}
