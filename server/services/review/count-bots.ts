import type { BotEffect } from '../../http/schemas/effect.ts';
import { countsOf } from '../../reconcile/plan/effect/effect-counts.ts';

/** The head line of an effect between two commits, in the words of a plan. */
export const countBots = (bots: readonly BotEffect[]): string =>
  countsOf(bots.map((bot) => ({ ...bot, isReplaced: bot.objects.some(({ action }) => action === 'replace') })));
