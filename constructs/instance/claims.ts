import { Construct } from 'constructs';
import { k8s, PersistentVolumeAccessMode } from 'cdk8s-plus-28';
import { KEEP_ANNOTATIONS, VOLUMES, type VolumeName } from '../schema/index.ts';
import { partMetadata, type InstanceContext } from './context.ts';

/** Name of the claim that holds one of a bot's data volumes. */
export function claimName(instance: string, volume: VolumeName): string {
  return `${instance}-${volume}`;
}

/** The four data volumes of a bot. */
export class Claims extends Construct {
  constructor(scope: Construct, id: string, context: InstanceContext) {
    super(scope, id);
    const { storage, storageClassName, applier } = context.instance;
    const kept = applier === 'external' ? { annotations: { ...KEEP_ANNOTATIONS } } : {};
    for (const volume of VOLUMES) {
      new k8s.KubePersistentVolumeClaim(this, volume, {
        metadata: { ...partMetadata(context, 'data', `-${volume}`), ...kept },
        spec: {
          accessModes: [PersistentVolumeAccessMode.READ_WRITE_ONCE],
          resources: { requests: { storage: k8s.Quantity.fromString(storage[volume]) } },
          ...(storageClassName === undefined ? {} : { storageClassName }),
        },
      });
    }
  }
}
