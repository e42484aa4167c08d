import { newRecord } from '../../../constructs/new-documents.ts';
import { instanceNameOf, type BotInstance, type Fleet } from '../../../constructs/schema/index.ts';
import type { CreateInstance, Instance } from '../../http/schemas/instance.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { getInstance as findInstance } from '../../store/instances.ts';
import { checkRecord } from './check-record.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstances } from './edited.ts';
import { withFields } from './fields.ts';
import { getInstance } from './list.ts';
import { sealKeys } from '../keys/key-edits.ts';
import { withoutMasks } from '../keys/masks.ts';
import {
  chosenPorts,
  isOpen,
  NOTHING_SEEN,
  portsBeside,
  portsInCluster,
  portsOfBots,
  withPorts,
  type PortsKnown,
} from './node-ports.ts';
import { checkNoRetainedVolumes } from './retained-volumes.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/**
 * Creates a bot. Throws `invalid`, `name_taken`, `volumes_retained`, `ports_taken` and `ports_used_up`.
 */
export async function createInstance(context: AppContext, body: CreateInstance): Promise<Written<Instance>> {
  const name = nameFor(body);
  const { published } = await write(context, await planCreate(context, body));
  return { published, value: getInstance(context, name) };
}

export async function planCreate(context: AppContext, body: CreateInstance): Promise<PlannedWrite> {
  const name = nameFor(body);
  const read = context.store.reader;
  const { fleet } = readEditedFleet(read);
  checkNameIsFree(context, name);
  if (body.reuse_volumes !== true) checkNoRetainedVolumes(context, name);
  const record = recordFor(name, body, fleet);
  const inCluster = isOpen(record, fleet) ? await portsInCluster(context.cluster, fleet) : NOTHING_SEEN;
  const known = (): PortsKnown => ({
    seen: inCluster.seen,
    holders: [...portsOfBots(readEditedInstances(read).bots), ...portsBeside(inCluster, fleet, name)],
  });
  const makeRecord = (): BotInstance => withPorts(record, fleet, known, chosenPorts(body));
  checkRecord(makeRecord(), fleet);
  const keys = await sealKeys(context, name, withoutMasks(context, name, body), fleet);
  // Sealing took a while, and others create bots too: from here to the submit nothing waits.
  checkNameIsFree(context, name);
  const next = makeRecord();
  return {
    message: `Create ${name}`,
    changes: [{ kind: 'BotInstance', name, base: null, next }, ...keys],
  };
}

function nameFor(body: CreateInstance): string {
  const result = instanceNameOf(body.display_name);
  if (!result.ok) throw new ClaworcError('invalid', `${result.reason}.`, { field: 'display_name' });
  return result.name;
}

function checkNameIsFree({ store }: AppContext, name: string): void {
  if (findInstance(store.reader, name) === undefined) return;
  throw new ClaworcError('name_taken', `There is a bot ${name} already; its name comes from the display name.`, {
    field: 'display_name',
  });
}

function recordFor(name: string, body: CreateInstance, fleet: Fleet): BotInstance {
  const record = newRecord({ name, displayName: body.display_name }, fleet);
  const spec = withFields(record.spec, body);
  return { ...record, spec: body.clawdbot_config === undefined ? spec : { ...spec, config: body.clawdbot_config } };
}
