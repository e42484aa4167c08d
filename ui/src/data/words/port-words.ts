import type { OfferedPorts } from '../../../../server/http/schemas/instance.ts';

/** What stands below the field of a node port. `own` is the chrome port that the bot has. */
export function portsHint(offered: OfferedPorts | undefined, own: number | null): string {
  const terminal = 'Even, from 30100 to 30198; the terminal gets the next.';
  const empty = own === null ? 'Empty: the next free pair' : 'Empty: it keeps its pair. The next free one';
  if (offered === undefined) return `${terminal} ${own === null ? `${empty}.` : 'Empty: it keeps its pair.'}`;
  const { nodeport_chrome: chrome, nodeport_terminal: last } = offered;
  if (chrome === null || last === null) return `${terminal} All 50 pairs are taken.`;
  return `${terminal} ${empty}${own === null ? ',' : ' is'} ${chrome} and ${last}${JUDGED_BY[offered.judged_by]}`;
}

const JUDGED_BY: Readonly<Record<OfferedPorts['judged_by'], string>> = {
  cluster: '.',
  namespace: ', as far as the fleet’s own namespace shows.',
  records: ', judged by the records alone: no cluster could be asked.',
};
