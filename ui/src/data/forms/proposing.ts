import type { Answer } from '../api.ts';

/** Where a write goes, and what its person decided of conflicts that they were shown, by the `choice` of each. */
export interface WriteTarget {
  /** Number of an open proposal. */
  readonly proposal?: number;
  /** Title of a proposal that the write opens. */
  readonly propose?: string;
  readonly mine?: readonly string[];
  readonly theirs?: readonly string[];
}

/** What a form would write, on its way to a proposal instead of main. */
export interface ProposedWrite {
  /** The edit in words: what a new proposal is called at first. */
  readonly title: string;
  /** Bots that it is about; none for the settings. */
  readonly names: readonly string[];
  /** Makes the write go there. */
  readonly write: (target: WriteTarget) => Promise<Answer<unknown>>;
  /** The server has it: the form lets go of what was typed. */
  readonly done: () => void;
}

/** The one write that is being proposed, if any; `change` when it comes or goes. */
export class Proposing extends EventTarget {
  #write: ProposedWrite | null = null;
  /** By the button that each form has for it. */
  readonly #offers = new Map<Element, () => unknown>();

  get current(): ProposedWrite | null {
    return this.#write;
  }

  ask(write: ProposedWrite): void {
    this.#write = write;
    this.dispatchEvent(new Event('change'));
  }

  /** Proposes what stands in the form that was opened last; undefined while none is ready for it. */
  get offer(): (() => unknown) | undefined {
    return [...this.#offers.values()].at(-1);
  }

  /** What a form's button does, for as long as it is there; undefined: nothing now. */
  put(button: Element, propose: (() => unknown) | undefined): void {
    this.#offers.delete(button);
    if (propose !== undefined) this.#offers.set(button, propose);
  }

  end(): void {
    this.#write = null;
    this.dispatchEvent(new Event('change'));
  }
}

/** As the server takes it: `?proposal=3`, or nothing for main. */
export function targetQuery({ proposal, propose, mine = [], theirs = [] }: WriteTarget, mark: '?' | '&' = '?'): string {
  const query = new URLSearchParams({
    ...(proposal === undefined ? {} : { proposal: String(proposal) }),
    ...(propose === undefined ? {} : { propose }),
    ...(mine.length === 0 ? {} : { mine: mine.join(',') }),
    ...(theirs.length === 0 ? {} : { theirs: theirs.join(',') }),
  }).toString();
  return query === '' ? '' : mark + query;
}
