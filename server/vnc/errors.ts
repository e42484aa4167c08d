import { ClaworcError, messageOf } from '../lib/errors.ts';
import { screenEnd, type ScreenEnd } from './screen-end.ts';

/** The screen's server did not answer within its time. */
export class ScreenTimeout extends Error {
  override readonly name = 'ScreenTimeout';
}

/** The screen's server answered, and not with an open screen; the message says with what. */
export class ScreenRefused extends Error {
  override readonly name = 'ScreenRefused';
}

/** The bot is gone, or has no pod at the moment. */
const NO_SCREEN: ReadonlySet<string> = new Set(['not_found', 'conflict']);

/**
 * What the viewer is told when the way to a screen could not be opened. `known`: why, where the bot's status tells;
 * the words are the API server's otherwise.
 */
export function endOfFailedOpen(error: unknown, known?: string): ScreenEnd {
  if (error instanceof ScreenTimeout) return screenEnd('timeout', known);
  if (error instanceof ClaworcError && NO_SCREEN.has(error.code)) return screenEnd('no_screen', error.message);
  return screenEnd('refused', known ?? messageOf(error));
}

/** What the viewer is told when an open screen ended. Only our own errors have words for people. */
export function endOfOpenScreen(error: Error | null): ScreenEnd {
  return screenEnd('lost', error instanceof ClaworcError ? error.message : undefined);
}
