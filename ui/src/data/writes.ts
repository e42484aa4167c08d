import type { Change } from '../../../server/http/schemas/answers.ts';
import { readActivity, readLatest } from './endpoints.ts';
import type { FleetStore } from './stream/fleet-store.ts';
import { draftWait } from './words/git-words.ts';
import { stepsOf, type Step } from './words/track.ts';

/** A write that this page made, followed until it has reached the cluster or was refused. */
export interface Write {
  readonly id: number;
  /** `Restart Support DE`. */
  readonly title: string;
  /** Bots that it is about; none for the settings. */
  readonly names: readonly string[];
  /** When it was answered. */
  readonly at: number;
  readonly change: Change | null;
  /** The bot is gone when this one is through. */
  readonly removes: boolean;
  /** Why the server did not take it; null while it did. */
  readonly refusal: string | null;
  /** Where it waits to be merged; null for what goes to main. */
  readonly proposal: { readonly number: number; readonly title: string } | null;
}

/** How long a finished write stays in view. */
const STAYS = 8_000;

/** The writes of this page, newest last; `change` after each step. Steps are read from the server, never assumed. */
export class Writes extends EventTarget {
  readonly #store: FleetStore;
  #list: readonly Write[] = [];
  #next = 1;
  /** Readings that were asked for since the last one began. */
  #wanted = 0;

  constructor(store: FleetStore) {
    super();
    this.#store = store;
    store.addEventListener('instance', () => this.#refresh());
    store.addEventListener('activity', () => this.#refresh());
    store.addEventListener('change', () => {
      if (this.#list.some((write) => typeof write.change?.commit === 'string')) this.dispatchEvent(new Event('change'));
    });
  }

  get list(): readonly Write[] {
    return this.#list;
  }

  /** Begins to follow a write that was answered just now. */
  follow(title: string, names: readonly string[], options: { removes?: boolean } = {}): void {
    this.#add(title, names, { removes: options.removes ?? false });
    this.#refresh();
  }

  /** Shows a write that the server refused; nothing was changed. */
  refused(title: string, names: readonly string[], refusal: string): void {
    this.#add(title, names, { refusal });
  }

  /** Shows where a write waits that went to a proposal. */
  proposed(title: string, names: readonly string[], { number, title: of }: { number: number; title: string }): void {
    this.#add(title, names, { proposal: { number, title: of } });
  }

  #add(title: string, names: readonly string[], more: Partial<Pick<Write, 'removes' | 'refusal' | 'proposal'>>): void {
    const rest = { change: null, removes: false, refusal: null, proposal: null, ...more };
    this.#list = [...this.#list, { id: this.#next++, title, names, at: Date.now(), ...rest }];
    this.dispatchEvent(new Event('change'));
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((write) => write.id !== id);
    this.dispatchEvent(new Event('change'));
  }

  /** The steps of a write as they stand. */
  steps(write: Write): readonly Step[] {
    const name = write.names.length === 1 ? write.names[0] : undefined;
    const instance = name === undefined ? undefined : this.#store.instances.get(name);
    if (write.change === null) {
      const names = write.removes ? ['Draft', 'Published', 'Gone'] : ['Draft', 'Published', 'Applied', 'Healthy'];
      return names.map((step, index) => ({
        name: step,
        state: index === 0 ? 'now' : 'todo',
      }));
    }
    const steps = stepsOf(write.change, {
      status: instance?.status ?? null,
      statusReason: instance?.status_reason ?? '',
      hasCluster: this.#store.fleet?.cluster.state === 'connected',
      isSuspended: (instance?.reconcile.mode ?? 'apply') !== 'apply',
      wait: draftWait(this.#store.fleet?.git),
    });
    return write.names.length === 0 ? steps.slice(0, 3) : steps;
  }

  /** Done as far as it can be: without a cluster, and where nothing is written, that is the commit. */
  #isThrough(steps: readonly Step[]): boolean {
    const [, published, next] = steps;
    const endsAtCommit = published?.state === 'done' && next?.state === 'todo';
    return endsAtCommit || steps.every((step) => step.state === 'done');
  }

  /** Reads once more after a reading that something happened in; never two readings at a time. */
  #refresh(): void {
    if (this.#list.length === 0) return;
    this.#wanted += 1;
    if (this.#wanted > 1) return;
    void this.#readAll(1);
  }

  async #readAll(wanted: number): Promise<void> {
    const followed = this.#list.filter((write) => write.refusal === null && write.proposal === null);
    await Promise.all(followed.map((write) => this.#read(write)));
    if (this.#wanted > wanted) {
      this.#wanted = 1;
      await this.#readAll(1);
    } else this.#wanted = 0;
  }

  async #read(write: Write): Promise<void> {
    try {
      const change = await this.#latestChange(write);
      if (change === undefined || change === null) return;
      this.#list = this.#list.map((one) => (one.id === write.id ? { ...one, change } : one));
      this.dispatchEvent(new Event('change'));
      const steps = this.steps({ ...write, change });
      if (this.#isThrough(steps)) setTimeout(() => this.dismiss(write.id), STAYS);
    } catch {
      // The next event of the server brings the next try; the toast keeps its last known step.
    }
  }

  /** A commit of a bot stands in its history; what changes the settings or several bots stands in the activity only. */
  async #latestChange(write: Write): Promise<Change | null | undefined> {
    const known = write.change?.id;
    const fits = (id: string, at: string): boolean =>
      known === undefined ? Date.parse(at) >= write.at - 15_000 : id === known;
    const [name] = write.names;
    if (name !== undefined) {
      return (await readLatest(name)).find((change) => fits(change.id, change.at));
    }
    const entry = (await readActivity()).value.find((one) => fits(one.id, one.at));
    if (entry === undefined) return null;
    return {
      id: entry.id,
      commit: entry.commit,
      message: entry.message,
      author: entry.actor,
      at: entry.at,
      state: entry.state as Change['state'],
      published_at: null,
      applied_at: null,
      applied_as: null,
      healthy_at: null,
      result: null,
      result_at: null,
      action: 'configure',
      proposal: null,
      signature: entry.signature,
      detail: entry.detail,
      files: [],
    };
  }
}
