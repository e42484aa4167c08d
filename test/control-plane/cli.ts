/**
 * `node test/control-plane/cli.ts build` builds every program; `... start [folder]` runs a control plane until Ctrl+C.
 */
import { once } from 'node:events';
import { resolveBinaries } from './binaries.ts';
import { startControlPlane } from './control-plane.ts';
import { programNames } from './programs.ts';
import { ControlPlaneUnavailable } from './unavailable.ts';

const log = (line: string): void => console.error(line);

async function main([command, folder]: readonly string[]): Promise<number> {
  if (command === 'build') {
    const paths = await resolveBinaries(programNames, { log });
    for (const name of programNames) console.log(paths[name]);
    return 0;
  }
  if (command === 'start') {
    const plane = await startControlPlane({ log, ...(folder && { folder }) });
    console.log(`export KUBECONFIG=${plane.kubeconfig}`);
    log(`kubectl is ${plane.kubectlPath}; data and logs are in ${plane.folder}; Ctrl+C stops`);
    const keepAlive = setInterval(() => undefined, 1 << 30);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    clearInterval(keepAlive);
    log('stopping…');
    await plane.stop();
    return 0;
  }
  log('usage: node test/control-plane/cli.ts build | start [folder]');
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  log(error instanceof ControlPlaneUnavailable ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
