import { Construct } from 'constructs';
import { k8s, Protocol, ServiceType } from 'cdk8s-plus-28';
import { selectorOf } from '../labels.ts';
import { partMetadata, type InstanceContext } from './context.ts';

/** The two screens of a bot under one address: inside the cluster only, or on a pair of node ports as well. */
export class ScreenService extends Construct {
  constructor(scope: Construct, id: string, context: InstanceContext) {
    super(scope, id);
    const { name, exposedPorts } = context.instance;
    const ports = (['chrome', 'terminal'] as const).map((screen) => {
      const { service, http } = context.profile.screens[screen];
      return {
        name: service,
        port: http.port,
        protocol: Protocol.TCP,
        targetPort: k8s.IntOrString.fromString(http.name),
        ...(exposedPorts === undefined ? {} : { nodePort: exposedPorts[screen] }),
      };
    });
    new k8s.KubeService(this, 'vnc', {
      metadata: partMetadata(context, 'screens', '-vnc'),
      spec: {
        // Said also where it is the default: the API server gives node ports back only when the type changes.
        type: exposedPorts === undefined ? ServiceType.CLUSTER_IP : ServiceType.NODE_PORT,
        selector: selectorOf(name),
        ports,
      },
    });
  }
}
