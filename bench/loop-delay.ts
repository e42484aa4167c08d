import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the program that is measured: watches its event loop from the message `watch` on, and answers `tell` with the
 * longest delay since, in milliseconds. Costs nothing in between.
 */
const delay = monitorEventLoopDelay({ resolution: 5 });
process.on('message', (word) => {
  if (word === 'watch') {
    delay.reset();
    delay.enable();
    return;
  }
  delay.disable();
  process.send?.(delay.max / 1_000_000);
});
process.channel?.unref();
