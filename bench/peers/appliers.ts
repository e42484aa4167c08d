import { join } from 'node:path';
import type { ControlPlane } from '../../test/control-plane/control-plane.ts';
import { runChild, type ChildRun } from '../child.ts';
import { nodeFlagsOf } from '../program.ts';
import type { FleetFolder } from './fleet-folder.ts';

export const APPLIERS = ['claworc', 'kubectl', 'flux'] as const;

export type Applier = (typeof APPLIERS)[number];

/**
 * One pass of each over a folder, as a whole process: ours; kubectl with an ApplySet, so that it prunes; Flux's library
 * in a small program. The peers read the rendered objects, ours reads and checks the commit too.
 */
export function appliersOf(
  plane: ControlPlane,
  flux: string,
  home: string,
): Readonly<Record<Applier, (fleet: FleetFolder) => Promise<ChildRun>>> {
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: plane.kubeconfig, KUBECTL_APPLYSET: 'true' };
  const main = join(import.meta.dirname, '..', '..', 'bin', 'claworc.js');
  const run = async (command: string, args: readonly string[]): Promise<ChildRun> => {
    const ran = await runChild(command, args, { env });
    if (ran.code !== 0) throw new Error(`${command} ${args.join(' ')}\n${ran.stderr}\n${ran.stdout}`);
    return ran;
  };
  return {
    claworc: ({ folder }) => run(process.execPath, [...nodeFlagsOf('claworc'), main, 'apply', '--repo', folder]),
    kubectl: ({ namespace, manifests }) =>
      run(plane.kubectlPath, [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--prune',
        '--applyset=configmaps/bench-applyset',
        '-n',
        namespace,
        '-R',
        '-f',
        manifests,
      ]),
    flux: ({ namespace, manifests }) =>
      run(flux, ['--kubeconfig', plane.kubeconfig, '--namespace', namespace, '--folder', manifests]),
  };
}
