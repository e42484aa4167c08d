import { locateIn } from './locate-in.ts';
import { compareTexts, type Repo, type UnitProblem } from './repo.ts';

/** Names of the records that have a pair of node ports, by its first port, in the order of their files. */
export type PortHolders = ReadonlyMap<number, readonly string[]>;

/** The holders after `changed` records came, changed or left. */
export function portHolders(
  before: { readonly holders: PortHolders; readonly records: Repo['records'] },
  records: Repo['records'],
  changed: Iterable<string>,
): PortHolders {
  const holders = new Map(before.holders);
  const own = new Map<number, string[]>();
  const listOf = (port: number): string[] => {
    const list = own.get(port) ?? [...(holders.get(port) ?? [])];
    own.set(port, list);
    return list;
  };
  for (const name of changed) {
    const left = before.records.get(name)?.record.spec.nodePorts?.chrome;
    const taken = records.get(name)?.record.spec.nodePorts?.chrome;
    if (left === taken) continue;
    if (left !== undefined) listOf(left).splice(listOf(left).indexOf(name), 1);
    if (taken !== undefined) listOf(taken).push(name);
  }
  for (const [port, names] of own) {
    // As their files are sorted: a dash comes before the dot.
    if (names.length > 0)
      holders.set(
        port,
        names.sort((a, b) => compareTexts(`${a}.`, `${b}.`)),
      );
    else holders.delete(port);
  }
  return holders;
}

/** Others that a problem names. */
const NAMED = 3;

/** Each holder is told: the commit that brought the second one in cannot be seen from here. */
export function sharedPorts(holders: PortHolders, records: Repo['records']): UnitProblem[] {
  const found: UnitProblem[] = [];
  for (const [port, names] of holders) {
    if (names.length < 2) continue;
    for (const name of names) {
      const message = `${port} and ${port + 1} are taken by ${othersOf(names, name)} too: a pair belongs to one bot of the fleet`;
      const { text = '', path = '' } = records.get(name) ?? {};
      const issue = { path: ['spec', 'nodePorts', 'chrome'], on: 'value', message } as const;
      found.push({ ...locateIn(text, path, issue), unit: name, severity: 'error' });
    }
  }
  return found;
}

/** `bot-b, bot-c, bot-d and 5 more`. */
function othersOf(names: readonly string[], self: string): string {
  const shown = names.slice(0, NAMED + 1).filter((name) => name !== self);
  const named = shown.slice(0, NAMED);
  const more = names.length - 1 - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
