import type { k8s } from 'cdk8s-plus-28';
import type { ResolvedInstance } from '../resolve.ts';
import type { VolumeName } from '../schema/index.ts';

export interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

/** A screen as the Service offers it; `raw` is its RFB port, `http` the websockify port. */
export interface ScreenPorts {
  readonly service: string;
  readonly raw: ContainerPort;
  readonly http: ContainerPort;
}

/** A volume that holds nothing worth keeping. `source` is everything of the volume but its name. */
export interface ScratchVolume {
  readonly name: string;
  readonly mountPath: string;
  readonly source: Omit<k8s.Volume, 'name'>;
}

/** One key of the bot's ConfigMap and the file that it becomes in the container. */
export interface ConfigFile {
  readonly key: string;
  readonly mountPath: string;
  /** `variables`: names of everything in the container's environment, keys included. */
  text(instance: ResolvedInstance, variables: readonly string[]): string;
}

/**
 * What is particular to one kind of bot image: everything in the pod that a different image would want otherwise.
 * Names, storage, keys, exposure and policies are the same for all.
 */
export interface RuntimeProfile {
  readonly container: string;
  readonly screens: { readonly chrome: ScreenPorts; readonly terminal: ScreenPorts };
  readonly claims: Readonly<Record<VolumeName, { readonly mountPath: string }>>;
  readonly scratch: readonly ScratchVolume[];
  readonly configFiles: readonly ConfigFile[];
  /** Sorted by name. A record may set the same name, and then its value counts. */
  env(instance: ResolvedInstance): readonly { readonly name: string; readonly value: string }[];
  /** What the image needs of the container beside all that: user and rights, terminal, probes, hooks. */
  readonly containerSettings: Pick<
    k8s.Container,
    'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'lifecycle' | 'securityContext' | 'tty' | 'command' | 'args'
  >;
  readonly podSettings: Pick<k8s.PodSpec, 'securityContext' | 'terminationGracePeriodSeconds'>;
}
