/** How a screen's WebSocket ends. The server sends the code with a reason in words; a page decides by the code. */
export const CLOSE_CODES = {
  /** The viewer closed it. */
  ended: { code: 1000, reason: 'The screen was closed.' },
  restart: { code: 1001, reason: 'Claworc is stopping; the screen comes back when it runs again.' },
  not_binary: { code: 1003, reason: 'Screens speak RFB in binary messages only.' },
  lost: { code: 1011, reason: 'The bot closed its side of the screen.' },
  protocol: { code: 4400, reason: 'The viewer sent something that is not RFB as Claworc knows it.' },
  ticket: { code: 4401, reason: 'The ticket is used, too old, or for another screen: take a new one.' },
  no_screen: { code: 4404, reason: 'The bot has no screen now: it is stopped, starting or gone.' },
  too_many: { code: 4429, reason: 'This screen has as many viewers as it may have.' },
  refused: { code: 4502, reason: 'The screen of the bot does not answer.' },
  timeout: { code: 4504, reason: 'The screen of the bot did not answer in time.' },
} as const satisfies Record<string, { readonly code: number; readonly reason: string }>;

export type ScreenEndName = keyof typeof CLOSE_CODES;
