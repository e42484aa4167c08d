import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { endOfOpenScreen } from './errors.ts';
import { keepAlive } from '../lib/socket-keep-alive.ts';
import { screenEnd, type ScreenEnd } from './screen-end.ts';
import type { ViewerStream } from './viewer-stream.ts';

/** Sending to the viewer stops above `high` unsent bytes and goes on below `low`. More only adds delay. */
const HIGH_WATER = 256 * 1024;
const LOW_WATER = 128 * 1024;
/** noVNC copies whole messages into its receive queue. */
const MAX_FRAME = 256 * 1024;

export interface PumpOptions {
  /** What the viewer's bytes go through. @default they pass as they are */
  readonly viewer?: ViewerStream;
  /** @default 20_000 */
  readonly pingMs?: number;
  /** Ends the session from outside, with the words for the viewer. */
  readonly stopped?: Promise<ScreenEnd>;
  /** How long the viewer may take for its handshake. @default 10_000 */
  readonly handshakeMs?: number;
}

export interface PumpResult {
  /** Why it ended, as the viewer was told; `ended` when the viewer left by itself. */
  readonly end: ScreenEnd;
  readonly bytesToViewer: number;
  readonly bytesToScreen: number;
}

/**
 * Joins a viewer's WebSocket and a screen until one of them ends, and then ends the other: the WebSocket with a code
 * and a reason. Neither side is read faster than the other one takes: memory stays below about 0.5 MiB a session
 * whatever a viewer or a screen does. A viewer that is silent for two pings is dropped. Never rejects.
 */
export function pumpScreen(socket: WebSocket, screen: Duplex, options: PumpOptions = {}): Promise<PumpResult> {
  const { viewer, stopped, pingMs = 20_000, handshakeMs = 10_000 } = options;
  const { promise, resolve } = Promise.withResolvers<PumpResult>();
  let end: ScreenEnd | null = null;
  let bytesToViewer = 0;
  let bytesToScreen = 0;

  const finish = (why: ScreenEnd): void => {
    if (end) return;
    end = why;
    clearTimeout(handshakeTimer);
    alive.stop();
    screen.destroy();
    // A paused WebSocket would not see the viewer's answer to the close frame.
    socket.resume();
    socket.close(why.code, why.reason);
    resolve({ end: why, bytesToViewer, bytesToScreen });
  };

  const alive = keepAlive(socket, pingMs);
  const handshakeTimer = setTimeout(() => {
    if (viewer?.isReady() === false) finish(screenEnd('protocol', 'The viewer did not finish its handshake.'));
  }, handshakeMs);

  const sendToViewer = (chunk: Buffer): void => {
    bytesToViewer += chunk.length;
    for (let start = 0; start < chunk.length; start += MAX_FRAME) {
      socket.send(chunk.subarray(start, start + MAX_FRAME), { binary: true }, afterSend);
    }
    if (socket.bufferedAmount > HIGH_WATER) screen.pause();
  };
  const afterSend = (): void => {
    alive.seen();
    if (screen.isPaused() && socket.bufferedAmount < LOW_WATER) screen.resume();
  };
  const sendToScreen = (chunk: Buffer): void => {
    bytesToScreen += chunk.length;
    if (!screen.write(chunk)) socket.pause();
  };

  const takeFromViewer = (chunk: Buffer): void => {
    const { toViewer, toScreen, end: refused } = viewer?.take(chunk) ?? { toViewer: [], toScreen: [chunk] };
    toViewer.forEach(sendToViewer);
    toScreen.forEach(sendToScreen);
    if (refused) finish(refused);
  };

  socket.on('message', (data, isBinary) => {
    alive.seen();
    if (end) return;
    if (isBinary && Buffer.isBuffer(data)) takeFromViewer(data);
    else finish(screenEnd('not_binary'));
  });
  // Errors of the WebSocket (a message over the limit) come with a `close` of their own code.
  socket.on('error', () => undefined);
  socket.on('close', () => finish(screenEnd('ended')));
  screen.on('drain', () => socket.resume());
  screen.on('error', () => undefined);
  // `close` and not `end` alone: a screen that breaks never ends.
  screen.on('end', () => finish(endOfOpenScreen(null)));
  screen.on('close', () => finish(endOfOpenScreen(screen.errored)));
  if (socket.readyState !== socket.OPEN) finish(screenEnd('ended'));
  else if (screen.destroyed) finish(endOfOpenScreen(screen.errored));
  else {
    if (viewer) sendToViewer(viewer.greeting);
    screen.on('data', sendToViewer);
    screen.resume();
    socket.resume();
    void stopped?.then(finish);
  }
  return promise;
}
