import { appendLog } from '../control-plane/logs.ts';

const LINES = [
  'gateway: listening on 127.0.0.1:18789',
  'whatsapp: connected',
  'agent: session main idle',
  'browser: profile default attached to display :1',
  'cron: next run in 5 min',
];

/** Lets the simulated bots say something every two seconds, so that following a log shows something. */
export function writeBotLog(file: string): { stop(): void } {
  let count = 0;
  const timer = setInterval(() => {
    const line = LINES[count % LINES.length] ?? '';
    count += 1;
    appendLog(file, [line]).catch(() => undefined);
  }, 2_000);
  return { stop: () => clearInterval(timer) };
}
