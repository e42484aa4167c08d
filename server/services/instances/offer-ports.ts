import type { OfferedPorts } from '../../http/schemas/instance.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstances } from './edited.ts';
import { lowestFree, portsBeside, portsInCluster, portsOfBots } from './node-ports.ts';

/** The pair of node ports that a bot would be given now. `name` is the bot whose own pair counts as free. */
export async function offerPorts(context: AppContext, name = ''): Promise<OfferedPorts> {
  const read = context.store.reader;
  const { fleet } = readEditedFleet(read);
  const inCluster = await portsInCluster(context.cluster, fleet);
  const holders = [...portsOfBots(readEditedInstances(read).bots, name), ...portsBeside(inCluster, fleet, name)];
  const free = lowestFree(holders);
  return {
    nodeport_chrome: free?.chrome ?? null,
    nodeport_terminal: free?.terminal ?? null,
    judged_by: inCluster.seen === 'nothing' ? 'records' : inCluster.seen,
  };
}
