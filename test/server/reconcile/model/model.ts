import type { DataFate } from '../../../../constructs/schema/index.ts';
import { BOTS, type BotName } from './steps.ts';

/** What main says of a bot. `broken`: something about it is wrong there, and it is to stay as it is. */
export type Wish =
  | { readonly is: 'unknown' }
  | { readonly is: 'present'; readonly memory: number }
  | { readonly is: 'removed'; readonly data: DataFate }
  | { readonly is: 'broken' };

/** What the cluster may have of a bot once nothing is left to do. */
export interface Expected {
  /** Memory limit of its Deployment; null: it has none. Undefined: whatever it had. */
  readonly memory: number | null | undefined;
  /**
   * Of its four claims; `kept`: as many as there were, all marked as kept. `none or kept`: what an apply has marked
   * as kept before main gave it up waits for a person.
   */
  readonly claims: 'there' | 'kept' | 'none' | 'none or kept' | 'as before';
}

/**
 * The reference: what a person may rely on, without any of how it is done. A bot is as main says; what main is broken
 * about stays; volumes go by a tombstone that says so, and by nothing else.
 */
export class Model {
  /** Bots whose data main wanted to keep since it was last applied with them. */
  readonly #keeps = new Set<BotName>();
  readonly #wishes = new Map<BotName, Wish>(BOTS.map((name) => [name, { is: 'unknown' }]));

  wish(bot: BotName): Wish {
    return this.#wishes.get(bot) ?? { is: 'unknown' };
  }

  say(bot: BotName, wish: Wish): void {
    if (wish.is === 'removed' && wish.data === 'retain') this.#keeps.add(bot);
    this.#wishes.set(bot, wish);
  }

  /** Main was applied, and nothing was in its way: a bot that is there has taken over what was kept of it. */
  applied(): void {
    for (const bot of BOTS) if (this.wish(bot).is === 'present') this.#keeps.delete(bot);
  }

  /** Whether a claim of the bot may be deleted by us now. */
  mayDestroy(bot: BotName): boolean {
    const wish = this.wish(bot);
    return wish.is === 'removed' && wish.data === 'destroy';
  }

  /** Whether any object of the bot but a claim may be deleted by us now. */
  mayDelete(bot: BotName): boolean {
    return this.wish(bot).is === 'removed';
  }

  expected(bot: BotName): Expected {
    const wish = this.wish(bot);
    switch (wish.is) {
      case 'unknown':
        return { memory: null, claims: 'none' };
      case 'present':
        return { memory: wish.memory, claims: 'there' };
      case 'removed':
        if (wish.data === 'retain') return { memory: null, claims: 'kept' };
        return { memory: null, claims: this.#keeps.has(bot) ? 'none or kept' : 'none' };
      case 'broken':
        return { memory: undefined, claims: 'as before' };
    }
  }
}
