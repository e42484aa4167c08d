import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the program that is measured: watches its event loop from the message `watch` on, and answers `tell` with the
 * longest delay since, and with the most CPU that the main thread took between two turns, both in milliseconds. The second
 * says what a piece of work costs however many others want the cores. Costs nothing in between.
 */
const RESOLUTION_MS = 2;
const delay = monitorEventLoopDelay({ resolution: 5 });
let timer: NodeJS.Timeout | undefined;
let longest = 0;
let seen = 0;
process.on('message', (word) => {
  if (word === 'watch') {
    [longest, seen] = [0, cpuMs()];
    delay.reset();
    delay.enable();
    timer = setInterval(look, RESOLUTION_MS);
    return;
  }
  delay.disable();
  clearInterval(timer);
  process.send?.([delay.max / 1_000_000, longest]);
});
process.channel?.unref();

function look(): void {
  const now = cpuMs();
  longest = Math.max(longest, now - seen);
  seen = now;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
