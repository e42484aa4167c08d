/** What a form would write, on its way to a proposal instead of main. */
export interface ProposedWrite {
  /** The edit in words: what a new proposal is called at first. */
  readonly title: string;
  /** Bots that it is about; none for the settings. */
  readonly names: readonly string[];
  /** Makes the write go to the proposal of this number. */
  readonly write: (proposal: number) => Promise<unknown>;
  /** The same on top of a commit of the proposal, where it changes a field already; left out where there is no such way. */
  readonly onTop?: (proposal: number, commit: string) => Promise<unknown>;
  /** The server has it: the form lets go of what was typed. */
  readonly done: () => void;
}

/** The one write that is being proposed, if any; `change` when it comes or goes. */
export class Proposing extends EventTarget {
  #write: ProposedWrite | null = null;

  get current(): ProposedWrite | null {
    return this.#write;
  }

  ask(write: ProposedWrite): void {
    this.#write = write;
    this.dispatchEvent(new Event('change'));
  }

  end(): void {
    this.#write = null;
    this.dispatchEvent(new Event('change'));
  }
}
