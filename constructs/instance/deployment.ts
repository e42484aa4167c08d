import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import { shortDigest } from '../digest.ts';
import type { KeyInUse } from '../key-in-use.ts';
import { labelsOf, RESTART_ANNOTATIONS, selectorOf } from '../labels.ts';
import { partMetadata, type InstanceContext } from './context.ts';
import { podSpecOf } from './pod.ts';

/** The workload of a bot: one pod at most, never two at once on the same volumes. */
export class BotDeployment extends Construct {
  constructor(scope: Construct, id: string, context: InstanceContext, configDigest: string) {
    super(scope, id);
    const { instance, keys } = context;
    new k8s.KubeDeployment(this, 'bot', {
      metadata: partMetadata(context, 'bot'),
      spec: {
        replicas: instance.state === 'running' ? 1 : 0,
        revisionHistoryLimit: 2,
        selector: { matchLabels: selectorOf(instance.name) },
        strategy: { type: 'Recreate' },
        template: {
          metadata: {
            labels: labelsOf(instance.name, 'bot'),
            annotations: {
              [RESTART_ANNOTATIONS.config]: configDigest,
              ...(keys.length === 0 ? {} : { [RESTART_ANNOTATIONS.keys]: digestOfKeys(keys) }),
              ...(instance.restartedAt === undefined
                ? {}
                : { [RESTART_ANNOTATIONS.restartedAt]: instance.restartedAt }),
            },
          },
          spec: podSpecOf(context),
        },
      },
    });
  }
}

function digestOfKeys(keys: readonly KeyInUse[]): string {
  return shortDigest(JSON.stringify(keys.map(({ name, secretName, digest }) => [name, secretName, digest])));
}
