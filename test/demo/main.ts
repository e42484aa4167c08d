import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { ControlPlaneUnavailable } from '../control-plane/unavailable.ts';
import { writeBotLog } from './bot-log.ts';
import { startDemoClaworc } from './demo-claworc.ts';
import { startDemoScreens } from './demo-screens.ts';

/**
 * `npm run demo`: the whole loop on one machine, for a person with no cluster. A real control plane with simulated
 * nodes, the three example bots, and Claworc in front of them. Ctrl+C ends all of it; the next run goes on where this
 * one ended, unless it is started with `--fresh`.
 */
const root = resolve(import.meta.dirname, '../..');
const say = (line: string): void => void process.stdout.write(`demo: ${line}\n`);

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8080' }, fresh: { type: 'boolean', default: false } },
});
const folder = join(root, 'data/demo');
if (values.fresh) rmSync(folder, { recursive: true, force: true });

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort());

try {
  await runDemo();
} catch (error) {
  if (!ended.signal.aborted) {
    say(error instanceof ControlPlaneUnavailable ? error.message : `it ended early: ${String(error)}`);
    process.exitCode = 1;
  }
}

async function runDemo(): Promise<void> {
  say('starting a Kubernetes control plane on this machine; building it takes about ten minutes the first time');
  await using screens = await startDemoScreens(say);
  await using plane = await startControlPlane({
    folder: join(folder, 'cluster'),
    log: say,
    signal: ended.signal,
    ...(screens === null ? {} : { screens: screens.ports }),
  });
  await using claworc = await startDemoClaworc({
    root,
    data: join(folder, 'claworc'),
    port: values.port,
    kubeconfig: plane.kubeconfig,
  });
  const log = writeBotLog(plane.logFile);
  say(`kubectl sees it with: export KUBECONFIG=${plane.kubeconfig}`);
  say('Ctrl+C ends everything');
  await Promise.race([claworc.ended, aborted(ended.signal)]);
  log.stop();
  say('ending');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
