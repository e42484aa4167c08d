import type { EventPayloads, LogLine } from '../../../../server/http/schemas/answers.ts';
import type { ErrorBody } from '../../../../server/http/schemas/common.ts';
import type { FleetEvent, Link } from './fleet-store.ts';

/** What a page says to the hub that holds the one stream. */
export type ToHub =
  /** First, and again after the hub has forgotten the page. `base`: the address that the dashboard lives under. */
  | { readonly type: 'join'; readonly base: string }
  /** The page holds this Web Lock for as long as it lives. */
  | { readonly type: 'lock'; readonly name: string }
  /** Every `ALIVE_MS`; answered with `here`. */
  | { readonly type: 'alive' }
  | { readonly type: 'leave' }
  | { readonly type: 'try' }
  | { readonly type: 'sight'; readonly visible: boolean }
  | { readonly type: 'follow'; readonly key: number; readonly instance: string; readonly tail: number }
  | { readonly type: 'unfollow'; readonly key: number };

/** How a log went, as the server says it. */
export type LogNews =
  | { readonly state: 'following' }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'refused'; readonly status: number; readonly error: ErrorBody };

/** What the hub says to a page. */
export type FromHub =
  | { readonly type: 'event'; readonly name: FleetEvent; readonly payload: EventPayloads[FleetEvent] }
  /** The page has everything that the hub has. */
  | { readonly type: 'current' }
  | { readonly type: 'link'; readonly link: Link; readonly heard: number | null }
  | { readonly type: 'build'; readonly build: string }
  | { readonly type: 'lines'; readonly key: number; readonly lines: readonly LogLine[] }
  | { readonly type: 'log'; readonly key: number; readonly news: LogNews }
  | { readonly type: 'here' }
  /** The hub does not know the page, or no longer: it is to join. */
  | { readonly type: 'unknown' };

/** How often a page says that it lives. Browsers let a hidden page do so once a minute. */
export const ALIVE_MS = 20_000;
/** A page that was silent for so long is gone. */
export const GONE_MS = 180_000;
