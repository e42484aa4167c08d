import { parseImage } from '../../../constructs/schema/image-reference.ts';
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
    return refusedTrouble(pod, seen, message);
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

/** Most registries say the same of an image that isn't there and of one that this account may not read. */
function refusedTrouble(pod: LiveObject, seen: string, message: string): Trouble {
  const cause = 'Registry refuses the image';
  const [secret] = pullSecretsOf(pod);
  if (secret === undefined) {
    const next =
      'Check the image. If it needs an account, make a pull secret and name it under imagePullSecrets in claworc.yaml.';
    return { cause, seen, next, repair: 'pull_secret' };
  }
  return {
    cause,
    seen,
    next: `Check the image, and make the pull secret ${secret} with an account that may read it, or put a right one in its place; the node tries again by itself.`,
    repair: 'pull_secret',
    // One that is there with a wrong password is replaced: `create` alone would refuse.
    command: `${kubectl(
      pod,
      'create',
      'secret',
      'docker-registry',
      secret,
      `--docker-server=${registryOf(message)}`,
      '--docker-username=USER',
      '--docker-password=TOKEN',
      '--dry-run=client',
      '-o',
      'yaml',
    )} | kubectl apply -f -`,
  };
}

/** The registry of the image that a node names, as a pull secret has to name it. */
function registryOf(message: string): string {
  for (const [, name = ''] of message.matchAll(/"([^"]+)"/g)) {
    const parsed = parseImage(name);
    if (!parsed.ok) continue;
    const { registry = 'docker.io' } = parsed.image;
    return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  }
  return 'REGISTRY';
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
