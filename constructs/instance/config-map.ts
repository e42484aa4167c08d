import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import { shortDigest } from '../digest.ts';
import { partMetadata, type InstanceContext } from './context.ts';
import { environmentOf } from './environment.ts';

export function configMapName(instance: string): string {
  return `${instance}-config`;
}

/** The files that a bot is configured by. */
export class ConfigFiles extends Construct {
  /** Moves with every change of a file, so that the pod template can restart the bot. */
  readonly digest: string;

  constructor(scope: Construct, id: string, context: InstanceContext) {
    super(scope, id);
    const variables = environmentOf(context).map(({ name }) => name);
    const files = context.profile.configFiles.map(
      (file) => [file.key, file.text(context.instance, variables)] as const,
    );
    new k8s.KubeConfigMap(this, 'config', {
      metadata: partMetadata(context, 'config', '-config'),
      data: Object.fromEntries(files),
    });
    this.digest = shortDigest(JSON.stringify(files));
  }
}
