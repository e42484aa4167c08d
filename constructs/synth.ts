import { App, Chart } from 'cdk8s';
import { BotInstance as BotInstanceConstruct } from './instance/bot-instance.ts';
import type { KeyInUse } from './key-in-use.ts';
import type { KubeObject } from './kube-object.ts';
import { resolveInstance } from './resolve.ts';
import type { BotInstance, Fleet } from './schema/index.ts';
import { renderYaml } from './yaml.ts';

export type { KeyInUse } from './key-in-use.ts';

/** One rendered object. */
export interface Manifest {
  /** Name of the file in the unit's folder: `service-vnc.yaml`. */
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly object: KubeObject;
  readonly text: string;
}

/**
 * Every object of one bot, sorted by file name. Pure: the same record, fleet and keys give the same bytes anywhere.
 * The documents must be valid (`readRepo` sees to that).
 */
export function synthInstance(record: BotInstance, fleet: Fleet, keys: readonly KeyInUse[]): readonly Manifest[] {
  return chartOf(record, fleet, keys)
    .map((object) => ({
      file: manifestFile(object, record.metadata.name),
      kind: object.kind,
      name: object.metadata.name,
      object,
      text: renderYaml(object, fleet.spec.rendering),
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** One App for each bot: rendering a chart looks at its whole App, so that many charts in one cost their square. */
export function chartOf(record: BotInstance, fleet: Fleet, keys: readonly KeyInUse[]): KubeObject[] {
  const chart = new Chart(new App(), record.metadata.name);
  new BotInstanceConstruct(chart, 'bot', { instance: resolveInstance(record, fleet), keys });
  return chart.toJson() as KubeObject[];
}

/** `Service bot-alpha-vnc` of unit `bot-alpha` lies in `service-vnc.yaml`, its Deployment in `deployment.yaml`. */
export function manifestFile(object: KubeObject, unit: string): string {
  const rest = object.metadata.name.slice(unit.length);
  return `${object.kind.toLowerCase()}${rest}.yaml`;
}
