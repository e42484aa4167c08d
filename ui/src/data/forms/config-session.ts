import type { Config } from '../../../../server/http/schemas/instance.ts';
import { checkJson, type JsonProblem } from './json-check.ts';
import { readConfigDraft, writeConfigDraft, type Kept } from '../kept.ts';

/**
 * The text of one bot's config while a person edits it: what it is typed on top of, and what main has become meanwhile.
 * The text is never lost to a newer main: each change is kept in this browser until it is a commit.
 */
export class ConfigSession {
  readonly #kept: Kept;
  readonly #name: string;
  readonly #now: () => number;
  #base: Config;
  #text: string;
  #newer: Config | null = null;
  #savedAt: number | null = null;

  /** Begins with what main has, or with the text that was left here before. */
  constructor(name: string, main: Config, kept: Kept, now: () => number) {
    this.#name = name;
    this.#kept = kept;
    this.#now = now;
    this.#base = main;
    this.#text = main.config;
    const draft = readConfigDraft(kept, name);
    if (draft === null || draft.text === main.config) return;
    this.#text = draft.text;
    this.#savedAt = draft.at;
    if (draft.baseText === main.config) return;
    this.#base = { config: draft.baseText, revision: draft.base };
    this.#newer = main;
  }

  /** What the text is typed on top of. */
  get base(): Config {
    return this.#base;
  }

  get text(): string {
    return this.#text;
  }

  /** The config on main, when somebody else changed it and it is not settled whose text is meant. */
  get newer(): Config | null {
    return this.#newer;
  }

  /** Milliseconds; when this browser last kept the text; null while it does not. */
  get savedAt(): number | null {
    return this.isAtRisk ? null : this.#savedAt;
  }

  get isEdited(): boolean {
    return this.#text !== this.#base.config;
  }

  /** The text would be lost with the page: this browser keeps nothing, or has no room for it. */
  get isAtRisk(): boolean {
    return this.isEdited && readConfigDraft(this.#kept, this.#name)?.text !== this.#text;
  }

  get problem(): JsonProblem | null {
    return checkJson(this.#text);
  }

  /** True when the text is another one than before. */
  type(text: string): boolean {
    if (text === this.#text) return false;
    this.#text = text;
    this.#keep();
    return true;
  }

  reset(): void {
    this.type(this.#base.config);
  }

  /** Two spaces, one property a line; a text with an error stays as it is. */
  format(): void {
    if (this.problem === null) this.type(`${JSON.stringify(JSON.parse(this.#text), null, 2)}\n`);
  }

  /** Takes in what main has now: silently where nothing of ours is at stake, else as a question. */
  meet(main: Config): void {
    if (main.config === this.#base.config) this.#base = main;
    else if (!this.isEdited) {
      this.#base = main;
      this.#text = main.config;
    } else this.#newer = main;
    this.#keep();
  }

  /** Answers the question: our text on top of the newer main, or main's text. */
  settle(whose: 'mine' | 'theirs'): void {
    if (this.#newer === null) return;
    this.#base = this.#newer;
    this.#newer = null;
    if (whose === 'theirs') this.#text = this.#base.config;
    this.#keep();
  }

  /** The text has become a commit. */
  done(): void {
    writeConfigDraft(this.#kept, this.#name, null);
  }

  #keep(): void {
    this.#savedAt = this.isEdited ? this.#now() : null;
    const draft = {
      text: this.#text,
      base: this.#base.revision,
      baseText: this.#base.config,
      at: this.#savedAt ?? 0,
    };
    writeConfigDraft(this.#kept, this.#name, this.isEdited ? draft : null);
  }
}
