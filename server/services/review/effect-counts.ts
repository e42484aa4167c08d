import type { BotEffect } from '../../http/schemas/effect.ts';

/** The head line of an effect: `1 bot is removed with its data, 2 restart`. Empty where nothing changes. */
export function countsOf(bots: readonly BotEffect[]): string {
  const of = (isMeant: (bot: BotEffect) => boolean): number => bots.filter(isMeant).length;
  const isReplaced = ({ action, objects }: BotEffect) =>
    action !== 'remove' && objects.some((object) => object.action === 'replace');
  const counts: readonly (readonly [number, string, string])[] = [
    [of(({ data }) => data === 'destroyed'), 'is removed with its data', 'are removed with their data'],
    [of(({ action, data }) => action === 'remove' && data !== 'destroyed'), 'is removed', 'are removed'],
    [of(isReplaced), 'is replaced', 'are replaced'],
    [of((bot) => bot.restart === 'restart' && !isReplaced(bot)), 'restarts', 'restart'],
    [of(({ action, restart }) => action !== 'remove' && restart === 'stop'), 'stops', 'stop'],
    [of(({ action, restart }) => action === 'configure' && restart === 'start'), 'starts', 'start'],
    [of(({ action }) => action === 'create'), 'is created', 'are created'],
    [
      of((bot) => bot.action === 'configure' && bot.restart === 'no' && bot.name !== 'fleet' && !isReplaced(bot)),
      'changes without a restart',
      'change without a restart',
    ],
  ];
  const words = counts.flatMap(([count, one, many], index) => {
    if (count === 0) return [];
    const isFirst = counts.slice(0, index).every(([before]) => before === 0);
    const bot = isFirst ? (count === 1 ? ' bot' : ' bots') : '';
    return [`${count}${bot} ${count === 1 ? one : many}`];
  });
  if (bots.some(({ name }) => name === 'fleet')) words.push('settings of the fleet change');
  return words.join(', ');
}

/** CPU, memory and volumes that differ, before and after. */
export function sumChanges({
  before,
  after,
}: {
  readonly before: Readonly<Record<string, string | number>>;
  readonly after: Readonly<Record<string, string | number>>;
}): readonly { readonly what: string; readonly before: string; readonly after: string }[] {
  return Object.keys(before).flatMap((what) => {
    const [was, is] = [String(before[what]), String(after[what])];
    return was === is ? [] : [{ what: what === 'cpu' ? 'CPU' : what, before: was, after: is }];
  });
}
