import type { Repair } from '../../../../server/http/schemas/common.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';

/** Where in the dashboard a cause can be mended. */
export interface RepairPlace {
  readonly label: string;
  readonly href: string;
  /** Nothing is changed there. */
  readonly isToLook?: true;
}

/**
 * The place for a repair; undefined where the dashboard has none, and a command or the change itself is what helps. A
 * pull secret without a `command` that makes it leaves the image as what the dashboard can mend.
 */
export function repairPlace(
  repair: Repair,
  { name, inherited, status_reason }: Pick<Instance, 'name' | 'inherited' | 'status_reason'>,
  command: string | null,
): RepairPlace | undefined {
  const bot = `instances/${encodeURIComponent(name)}`;
  const image = inherited.includes('image')
    ? { label: 'Edit the fleet’s image', href: 'settings?edit=image' }
    : { label: 'Edit image', href: `${bot}?edit=image` };
  switch (repair) {
    case 'image':
      return image;
    case 'pull_secret':
      return command === null ? image : undefined;
    case 'resources':
      return { label: 'Edit resources', href: `${bot}?edit=${resourceOf(status_reason)}` };
    case 'config':
      return { label: 'Edit config', href: `${bot}/config` };
    case 'key':
      return { label: 'Change keys', href: `${bot}?keys` };
    case 'log':
      return { label: 'Open log', href: `${bot}/logs`, isToLook: true };
    case 'volume':
      return {
        label: 'Show volumes',
        href: `${bot}/manifests?object=PersistentVolumeClaim&version=live`,
        isToLook: true,
      };
    case 'ports':
      return { label: 'Choose other ports', href: `${bot}?edit=nodeport_chrome` };
    case 'node':
    case 'none':
      return undefined;
  }
}

/** The field that a cause is about: what no node has is requested, what ran out is limited. */
function resourceOf(cause: string): string {
  if (cause.startsWith('No node has enough cpu')) return 'cpu_request';
  return /^(No node has enough|Evicted)/.test(cause) ? 'memory_request' : 'memory_limit';
}
