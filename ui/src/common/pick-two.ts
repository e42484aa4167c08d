import { css, html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';

/** Two commits that are picked to be compared; with a third the first one is let go. */
export class PickTwo implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  /** In the order in which they were picked. */
  #picked: readonly string[] = [];

  static readonly styles = css`
    .pick {
      display: grid;
      place-items: center;
      min-inline-size: 1.5rem;
      min-block-size: 1.5rem;
    }
  `;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** What was picked on a page that was left is not picked when it is entered again. */
  hostDisconnected(): void {
    this.#picked = [];
  }

  reset(): void {
    this.#picked = [];
  }

  /** The box beside a commit. */
  box(commit: string, subject: string): TemplateResult {
    const isPicked = this.#picked.includes(commit);
    return html`<label class="pick" title="Pick to compare"
      ><input
        type="checkbox"
        aria-label="Pick ${subject} to compare"
        .checked=${isPicked}
        @change=${() => {
          const others = this.#picked.filter((each) => each !== commit);
          this.#picked = isPicked ? others : [...others, commit].slice(-2);
          this.#host.requestUpdate();
        }}
    /></label>`;
  }

  /** Where the two are compared, once there are two; `commits` are all of the page, newest first, `path` ends in `compare`. */
  link(commits: readonly string[], path: string): TemplateResult | typeof nothing {
    if (commits.length < 2) return nothing;
    // Newest first: of two that are picked the lower one is where the comparison starts.
    const [to, from] = this.#picked.toSorted((a, b) => commits.indexOf(a) - commits.indexOf(b));
    if (to === undefined || from === undefined) return html`<span class="muted small">Pick two to compare them.</span>`;
    const address = `${path}?from=${from}&to=${to}`;
    return html`<a class="btn" href=${address}>${icon('diff')}Compare the two</a>`;
  }
}
