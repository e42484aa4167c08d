/** What becomes of one bot, as far as the head line of a change counts it. */
export interface CountedBot {
  readonly name: string;
  readonly action: 'create' | 'configure' | 'remove';
  readonly restart: 'no' | 'restart' | 'start' | 'stop';
  readonly data: 'none' | 'kept' | 'grown' | 'destroyed';
  /** An object of it is deleted and made again. */
  readonly isReplaced: boolean;
}

/** The head line of a change: `1 bot is removed with its data, 2 restart`. Empty where nothing changes. */
export function countsOf(bots: readonly CountedBot[]): string {
  const of = (isMeant: (bot: CountedBot) => boolean): number => bots.filter(isMeant).length;
  const isReplaced = (bot: CountedBot) => bot.action !== 'remove' && bot.isReplaced;
  const counts: readonly (readonly [number, string, string])[] = [
    [of(({ data }) => data === 'destroyed'), 'is removed with its data', 'are removed with their data'],
    [
      of(({ action, data }) => action === 'remove' && data !== 'destroyed'),
      'is removed, its data stays',
      'are removed, their data stays',
    ],
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
