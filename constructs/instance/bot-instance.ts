import { Construct } from 'constructs';
import type { KeyInUse } from '../key-in-use.ts';
import type { ResolvedInstance } from '../resolve.ts';
import { profileOf } from '../runtimes/index.ts';
import { Claims } from './claims.ts';
import { ConfigFiles } from './config-map.ts';
import { BotDeployment } from './deployment.ts';
import { ScreenPolicy } from './network-policy.ts';
import { ScreenService } from './service.ts';

export interface BotInstanceProps {
  readonly instance: ResolvedInstance;
  readonly keys: readonly KeyInUse[];
}

/**
 * One bot: everything that it owns in the cluster but its sealed keys.
 *
 * Its parts are made of cdk8s-plus' `k8s` objects. The classes above them (`Deployment`, `Service`, `ConfigMap`...) add
 * what we would then own in the cluster: a selector hashed from the construct's place, a startup probe of their own, a non-root
 * and read-only container, `immutable: false`, `externalIPs: []`, sizes rounded to whole units.
 */
export class BotInstance extends Construct {
  constructor(scope: Construct, id: string, { instance, keys }: BotInstanceProps) {
    super(scope, id);
    const context = {
      instance,
      profile: profileOf(instance),
      keys: keys.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const config = new ConfigFiles(this, 'config', context);
    new Claims(this, 'claims', context);
    new ScreenPolicy(this, 'policy', context);
    new ScreenService(this, 'service', context);
    new BotDeployment(this, 'deployment', context, config.digest);
  }
}
