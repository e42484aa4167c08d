import { ImagePullPolicy, k8s, Protocol } from 'cdk8s-plus-28';
import { VOLUMES } from '../schema/index.ts';
import { claimName } from './claims.ts';
import { configMapName } from './config-map.ts';
import type { InstanceContext } from './context.ts';
import { environmentOf } from './environment.ts';

const CONFIG_VOLUME = 'config';

/** The pod of a bot. */
export function podSpecOf(context: InstanceContext): k8s.PodSpec {
  const { instance, profile } = context;
  return {
    automountServiceAccountToken: false,
    // A namespace with hundreds of Services would otherwise put thousands of variables into each bot.
    enableServiceLinks: false,
    // Chrome's lock on its profile holds the host name. With the pod's own name, which is new each time, Chrome takes the
    // profile to be in use on another computer and shows nothing else.
    ...(instance.rendering === 1 ? {} : { hostname: instance.name }),
    imagePullSecrets: instance.imagePullSecrets.map((name) => ({ name })),
    ...profile.podSettings,
    containers: [containerOf(context)],
    volumes: [
      ...VOLUMES.map((volume) => ({
        name: volume,
        persistentVolumeClaim: { claimName: claimName(instance.name, volume) },
      })),
      { name: CONFIG_VOLUME, configMap: { name: configMapName(instance.name) } },
      ...profile.scratch.map(({ name, source }) => ({ name, ...source })),
    ],
  };
}

function containerOf(context: InstanceContext): k8s.Container {
  const { instance, profile } = context;
  const { chrome, terminal } = profile.screens;
  return {
    name: profile.container,
    image: instance.image,
    imagePullPolicy: ImagePullPolicy.ALWAYS,
    ports: [chrome.http, terminal.http, chrome.raw, terminal.raw].map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: Protocol.TCP,
    })),
    env: environmentOf(context),
    resources: { requests: quantities(instance.requests), limits: quantities(instance.limits) },
    ...profile.containerSettings,
    volumeMounts: [
      ...VOLUMES.map((volume) => ({ name: volume, mountPath: profile.claims[volume].mountPath })),
      // Single files, so that the image's own files beside them stay visible; a change arrives with the restart that
      // the digest on the pod template causes.
      ...profile.configFiles.map(({ key, mountPath }) => ({
        name: CONFIG_VOLUME,
        mountPath,
        subPath: key,
        readOnly: true,
      })),
      ...profile.scratch.map(({ name, mountPath }) => ({ name, mountPath })),
    ],
  };
}

function quantities({ cpu, memory }: { readonly cpu: string; readonly memory: string }): Record<string, k8s.Quantity> {
  return { cpu: k8s.Quantity.fromString(cpu), memory: k8s.Quantity.fromString(memory) };
}
