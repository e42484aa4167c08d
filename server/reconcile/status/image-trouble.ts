import type { LiveObject } from '../../cluster/live-object.ts';
import { kubectl, type Trouble } from './trouble.ts';

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);

/** Why the image of a container doesn't come; undefined for a container that waits for something else. */
export function imageTrouble(pod: LiveObject, reason: string, message: string): Trouble | undefined {
  if (!IMAGE_REASONS.has(reason)) return undefined;
  const seen = message === '' ? reason : `${reason}: ${message}`;
  if (reason === 'InvalidImageName') {
    return { cause: 'Image name is not valid', seen, next: 'Correct the image.', repair: 'image' };
  }
  const words = withoutNames(message);
  if (/unauthorized|denied|authentication|authorization|forbidden|no basic auth/i.test(words)) {
    const [secret = 'ghcr-secret'] = pullSecretsOf(pod);
    return {
      cause: 'Registry refuses the image',
      seen,
      next: `Check the image, and make the pull secret ${secret} with an account that may read it; the node tries again by itself.`,
      repair: 'pull_secret',
      command: kubectl(
        pod,
        'create',
        'secret',
        'docker-registry',
        secret,
        '--docker-server=REGISTRY',
        '--docker-username=USER',
        '--docker-password=TOKEN',
      ),
    };
  }
  if (/not found|manifest unknown/i.test(words)) {
    return {
      cause: 'Image tag not found',
      seen,
      next: 'Correct the image, or push it to the registry.',
      repair: 'image',
    };
  }
  const next = 'Check the image and whether the node reaches its registry.';
  return { cause: 'Image cannot be pulled', seen, next, repair: 'image' };
}

/** Names of images are left out: `.../denied-bot:latest` says nothing about rights. */
function withoutNames(message: string): string {
  const names = [...message.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
  return names.reduce((text, name) => text.replaceAll(name, ''), message);
}

function pullSecretsOf(pod: LiveObject): readonly string[] {
  const { imagePullSecrets = [] } = (pod.spec ?? {}) as { readonly imagePullSecrets?: readonly { name?: string }[] };
  return imagePullSecrets.flatMap(({ name }) => name ?? []);
}
