/** What the page does after a screen's WebSocket closed. */
export interface CloseVerdict {
  /** `again` opens it with a new ticket by itself; `stop` waits for the person. */
  readonly then: 'again' | 'stop';
  /** Short word over the last frame. */
  readonly title: string;
  /** Why, for people. */
  readonly reason: string;
}

/** By code; 1006 is what a browser says when the network broke, every other one is sent by the server. */
export const CLOSE_VERDICTS: Readonly<Record<number, CloseVerdict>> = {
  1000: { then: 'stop', title: 'Ended', reason: 'The screen was closed.' },
  1001: { then: 'again', title: 'Server restarts', reason: 'Claworc is restarting; the screen comes back by itself.' },
  1003: { then: 'stop', title: 'Not understood', reason: 'This page sent something that is no VNC.' },
  1006: { then: 'again', title: 'Connection lost', reason: 'The connection broke without a word.' },
  1011: { then: 'again', title: 'Screen lost', reason: 'The bot closed its side of the screen.' },
  4400: { then: 'stop', title: 'Not understood', reason: 'This page sent something that is no VNC.' },
  4401: { then: 'again', title: 'Ticket refused', reason: 'The ticket was used or too old; a new one is taken.' },
  4404: { then: 'stop', title: 'No screen now', reason: 'The bot is stopped, starting or gone.' },
  4429: { then: 'stop', title: 'Too many viewers', reason: 'This screen has as many viewers as it may have.' },
  4502: { then: 'again', title: 'Screen not reachable', reason: 'The screen of the bot does not answer.' },
  4504: { then: 'again', title: 'Screen too slow', reason: 'The screen of the bot did not answer in time.' },
};

/**
 * The verdict on a close code. The server's own reason, where it gave one, is shown instead of ours. Never decided by
 * noVNC's `clean` flag: that one is true when the network breaks in the middle of a session.
 */
export function closeVerdict(code: number, reason: string): CloseVerdict {
  const known: CloseVerdict = CLOSE_VERDICTS[code] ?? {
    then: 'again',
    title: 'Connection lost',
    reason: `It closed with code ${code}.`,
  };
  return reason === '' ? known : { ...known, reason };
}
