import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import type { FleetStore } from './stream/fleet-store.ts';

/** What an open proposal wants of one bot. */
export interface Wanted {
  readonly number: number;
  readonly title: string;
  readonly act: 'create' | 'change' | 'remove';
}

const NONE: readonly Wanted[] = [];

/** The open proposals by the bots that they are about, read while there are any. `change` when they are others. */
export class OpenProposals extends EventTarget {
  readonly #store: FleetStore;
  readonly #read: () => Promise<readonly Proposal[]>;
  #byBot: ReadonlyMap<string, readonly Wanted[]> = new Map();
  #list: readonly Proposal[] = [];
  #count = 0;
  #isReading = false;
  #isDue = false;

  constructor(store: FleetStore, read: () => Promise<readonly Proposal[]>) {
    super();
    this.#store = store;
    this.#read = read;
    store.addEventListener('proposal', () => this.#look());
    store.addEventListener('change', () => {
      if (store.fleet === null || store.fleet.proposals === this.#count) return;
      this.#count = store.fleet.proposals;
      this.#look();
    });
  }

  get byBot(): ReadonlyMap<string, readonly Wanted[]> {
    return this.#byBot;
  }

  /** All of them, newest first. */
  get list(): readonly Proposal[] {
    return this.#list;
  }

  of(bot: string): readonly Wanted[] {
    return this.#byBot.get(bot) ?? NONE;
  }

  /** Reads once more after a reading that something happened in; never two at a time. */
  #look(): void {
    this.#isDue = true;
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#isDue) {
      this.#isDue = false;
      // What can't be read now is read at the next event; until then what was known stands.
      const proposals = this.#store.fleet?.proposals === 0 ? [] : await this.#read().catch(() => null);
      if (proposals !== null) this.#take(proposals);
    }
    this.#isReading = false;
  }

  #take(proposals: readonly Proposal[]): void {
    this.#list = proposals.filter(({ state }) => state === 'open');
    const next = new Map<string, readonly Wanted[]>();
    for (const { number, title, state, bots, creates, removes } of proposals) {
      if (state !== 'open') continue;
      for (const bot of bots) {
        const act = creates.includes(bot) ? 'create' : removes.includes(bot) ? 'remove' : 'change';
        next.set(bot, [...(next.get(bot) ?? NONE), { number, title, act }]);
      }
    }
    if (JSON.stringify([...next]) === JSON.stringify([...this.#byBot])) return;
    this.#byBot = next;
    this.dispatchEvent(new Event('change'));
  }
}
