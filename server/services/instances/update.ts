import { isDeepStrictEqual } from 'node:util';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import type { Instance, UpdateInstance } from '../../http/schemas/instance.ts';
import { readBase } from './base-record.ts';
import { checkRecord } from './check-record.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstances } from './edited.ts';
import { withFields } from './fields.ts';
import { readForChange } from './leaving.ts';
import { getInstance } from './list.ts';
import { sealKeys } from '../keys/key-edits.ts';
import { NAMED_KEYS } from '../keys/key-fields.ts';
import { withoutMasks } from '../keys/masks.ts';
import {
  chosenPorts,
  isOpen,
  NOTHING_SEEN,
  portsBeside,
  portsInCluster,
  portsOfBots,
  withoutLostPorts,
  withPorts,
  type PortsKnown,
} from './node-ports.ts';
import { checkStorage } from './storage-rules.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/**
 * Changes the given fields of a bot, on top of the revision that the person saw (`base`). Throws `not_found`,
 * `invalid`, `storage_fixed`, `ports_taken`, `ports_used_up`, `stale` and `conflict`.
 */
export async function updateInstance(
  context: AppContext,
  id: string,
  body: UpdateInstance,
  base?: string,
): Promise<Written<Instance>> {
  const { published } = await write(context, await planUpdate(context, id, body, base));
  return { published, value: getInstance(context, id) };
}

export async function planUpdate(
  context: AppContext,
  id: string,
  given: UpdateInstance,
  revision?: string,
): Promise<PlannedWrite> {
  const read = context.store.reader;
  const desired = readForChange(context, id);
  const { name } = desired.row;
  const body = withoutMasks(context, name, given);
  const { fleet } = readEditedFleet(read);
  const base = await readBase(context, desired, revision);
  const change = (record: BotInstance): BotInstance => ({ ...record, spec: withFields(record.spec, body) });
  await checkStorage(context.cluster, name, desired.record, change(desired.record));
  const keys = await sealKeys(context, name, body, fleet);
  const changed = change(base);
  const chosen = chosenPorts(body, changed.spec.nodePorts);
  const asksForPorts = body.vnc_exposure !== undefined || chosen !== undefined || changed.spec.nodePorts === undefined;
  const inCluster =
    isOpen(changed, fleet) && asksForPorts ? await portsInCluster(context.cluster, fleet) : NOTHING_SEEN;
  const others = portsBeside(inCluster, fleet, name);
  const known = (): PortsKnown => ({
    seen: inCluster.seen,
    holders: [...portsOfBots(readEditedInstances(read).bots, name), ...others],
  });
  const next = withPorts(withoutLostPorts(changed, others), fleet, known, chosen);
  checkRecord(next, fleet);
  const isSame = isDeepStrictEqual(next, base);
  return {
    message: `Change ${inWords(changedNames(body))} of ${name}`,
    changes: [...(isSame ? [] : [{ kind: 'BotInstance', name, base, next } as const]), ...keys],
  };
}

const LIST = new Intl.ListFormat('en', { type: 'conjunction', style: 'long' });

/** `a`, `a and b`, `a, b, and c`. */
export function inWords(names: readonly string[]): string {
  return LIST.format(names);
}

/** The fields of a body in words: `CPU limit, ANTHROPIC_API_KEY`. */
export function changedNames({ api_keys: keys = {}, ...fields }: Readonly<Record<string, unknown>>): string[] {
  const named: Readonly<Record<string, string>> = NAMED_KEYS;
  const given = Object.keys(fields).filter((field) => fields[field] !== undefined);
  return [
    ...given.map(
      (field) => named[field] ?? field.replaceAll('_', ' ').replace(/\b(cpu|vnc)\b/, (word) => word.toUpperCase()),
    ),
    ...Object.keys(keys as object),
  ];
}
