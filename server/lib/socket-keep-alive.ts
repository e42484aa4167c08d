import type { WebSocket } from 'ws';

export interface KeepAlive {
  /** The peer gave a sign of life. */
  seen(): void;
  stop(): void;
}

/** Silent intervals after which a peer counts as gone. */
const MISSES = 2;

/**
 * Pings a WebSocket every `intervalMs`, which also keeps proxies from cutting an idle one, and breaks it after two
 * intervals without any sign of life. While we have paused it, it is not blamed for an answer that we don't read.
 */
export function keepAlive(socket: WebSocket, intervalMs: number): KeepAlive {
  let misses = 0;
  const seen = (): void => {
    misses = 0;
  };
  const timer = setInterval(() => {
    if (socket.isPaused) misses = 0;
    if (misses++ >= MISSES) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping();
  }, intervalMs);
  socket.on('pong', seen);
  return { seen, stop: () => clearInterval(timer) };
}
