import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import type { OfferedPorts } from '../../../server/http/schemas/instance.ts';
import { readOfferedPorts } from '../data/endpoints.ts';
import { portsHint } from '../data/words/port-words.ts';
import { textField } from './field.ts';

/** The next free pair of node ports, asked for once and only where somebody could choose one. */
export class OfferedPair implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #abort: AbortController | undefined;
  value: OfferedPorts | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  /** `name` is the bot whose own pair counts as free; none for a new one. */
  ask(name?: string): void {
    if (this.#abort !== undefined) return;
    this.#abort = new AbortController();
    readOfferedPorts(name, this.#abort.signal).then(
      (offered) => {
        this.value = offered;
        this.#host.requestUpdate();
      },
      // Without an offer the server still chooses, and says what it refuses.
      () => undefined,
    );
  }
}

export interface PortFieldOptions {
  readonly value: string;
  readonly offered: OfferedPorts | undefined;
  /** The pair that the bot has on main. */
  readonly own?: number | null;
  readonly error: string | undefined;
  readonly autofocus?: boolean;
  readonly input: (value: string) => void;
}

/** The chrome port of a pair; the terminal's is the next one. */
export function portField({
  value,
  offered,
  own = null,
  error,
  autofocus = false,
  input,
}: PortFieldOptions): TemplateResult {
  const placeholder = own ?? offered?.nodeport_chrome ?? undefined;
  return textField({
    id: 'nodeport_chrome',
    label: 'Node port of Chrome',
    value,
    mono: true,
    autofocus,
    ...(placeholder === undefined ? {} : { placeholder: String(placeholder) }),
    hint: portsHint(offered, own),
    error,
    input,
  });
}
