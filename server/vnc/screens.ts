import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { endOfFailedOpen } from './errors.ts';
import { pumpScreen, type PumpResult } from './pump.ts';
import { screenEnd, type ScreenEnd } from './screen-end.ts';
import { finishScreenHandshake } from './screen-handshake.ts';
import type { ScreenMode, ScreenName } from './tickets.ts';
import { createViewerStream } from './viewer-stream.ts';

/** The RFB port of each screen in a bot's pod. */
export const SCREEN_PORTS = { chrome: 5901, terminal: 5902 } as const satisfies Record<ScreenName, number>;

export interface ViewRequest {
  readonly instance: string;
  readonly screen: ScreenName;
  readonly mode: ScreenMode;
  /** Opens the way to the screen's RFB port; called once, and not at all when there are too many viewers. */
  readonly open: () => Promise<Duplex>;
  /** What is known of a bot whose screen did not open; undefined where nothing is wrong with it. */
  readonly why?: () => string | undefined;
}

export interface ScreenLimits {
  /** @default 4 */
  readonly perScreen?: number;
  /** @default 32 */
  readonly inAll?: number;
}

export interface Screens {
  /** Shows a screen on a viewer's WebSocket until one of them ends. Never rejects; the WebSocket is closed by then. */
  connect(socket: WebSocket, request: ViewRequest): Promise<ScreenEnd>;
  viewers(instance: string, screen: ScreenName): number;
  /** Viewers of all screens. */
  open(): number;
  /** Closes every viewer of a bot that was stopped or deleted. */
  closeInstance(instance: string): void;
  /** Closes all with 1001 and takes no more. Resolves when all are gone, after 2 s at the latest. */
  close(): Promise<void>;
}

interface Session {
  readonly instance: string;
  readonly screen: ScreenName;
  readonly socket: WebSocket;
  readonly stop: (end: ScreenEnd) => void;
}

export interface ScreensOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: ScreenLimits;
}

/** How long a viewer may take to answer a close frame at shutdown. */
const CLOSE_WAIT_MS = 2_000;

/** All viewers of all screens of this process. */
export function createScreens({ log, clock, limits = {} }: ScreensOptions): Screens {
  const { perScreen = 4, inAll = 32 } = limits;
  const sessions = new Set<Session>();
  let isClosed = false;

  const viewers = (instance: string, screen: ScreenName): number =>
    [...sessions].filter((session) => session.instance === instance && session.screen === screen).length;

  const refusalOf = ({ instance, screen }: ViewRequest): ScreenEnd | null => {
    if (isClosed) return screenEnd('restart');
    if (viewers(instance, screen) >= perScreen) return screenEnd('too_many');
    return sessions.size >= inAll ? screenEnd('too_many', `Claworc shows ${inAll} screens already, its limit.`) : null;
  };

  const closeAll = (chosen: readonly Session[], end: ScreenEnd): void => chosen.forEach(({ stop }) => stop(end));

  return {
    viewers,
    open: () => sessions.size,
    async connect(socket, request) {
      // Until the pump listens: an error without a listener would end the process.
      socket.on('error', () => undefined);
      const refusal = refusalOf(request);
      if (refusal) {
        socket.close(refusal.code, refusal.reason);
        return refusal;
      }
      const { instance, screen, mode } = request;
      const { promise: stopped, resolve: stop } = Promise.withResolvers<ScreenEnd>();
      const session = { instance, screen, socket, stop };
      const startedAt = clock.now();
      sessions.add(session);
      try {
        const result = await show(socket, request, stopped);
        const { end, bytesToViewer, bytesToScreen } = result;
        const seconds = Math.round((clock.now() - startedAt) / 1000);
        log.info('screen closed', { instance, screen, mode, seconds, bytesToViewer, bytesToScreen, code: end.code });
        return end;
      } finally {
        sessions.delete(session);
      }
    },
    closeInstance(instance) {
      closeAll(
        [...sessions].filter((session) => session.instance === instance),
        screenEnd('no_screen'),
      );
    },
    async close() {
      isClosed = true;
      const open = [...sessions];
      closeAll(open, screenEnd('restart'));
      await Promise.all(open.map(({ socket }) => closed(socket)));
    },
  };
}

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS);
  await once(socket, 'close');
  clearTimeout(timer);
}

async function show(
  socket: WebSocket,
  { mode, open, why }: ViewRequest,
  stopped: Promise<ScreenEnd>,
): Promise<PumpResult> {
  // Nothing that a hasty viewer sends gets lost while the screen is being opened.
  socket.pause();
  void stopped.then((end) => closeWith(socket, end));
  try {
    const screen = await open();
    await finishScreenHandshake(screen);
    return await pumpScreen(socket, screen, { viewer: createViewerStream(mode), stopped });
  } catch (error) {
    const end = endOfFailedOpen(error, why?.());
    closeWith(socket, end);
    return { end, bytesToViewer: 0, bytesToScreen: 0 };
  }
}

function closeWith(socket: WebSocket, { code, reason }: ScreenEnd): void {
  // A paused WebSocket would not see the viewer's answer to the close frame.
  socket.resume();
  socket.close(code, reason);
}
