import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Listening } from '../common/controllers.ts';
import type { Step } from '../data/words/track.ts';
import type { Write } from '../data/writes.ts';
import { router, writes } from '../services.ts';
import { button, icon as iconSheet, sheets, toast } from '../styles/sheets.ts';
import { icon } from './icon.ts';
import './track.ts';

/** The track of each write that this page made, until it is through; refused and proposed ones stay. F6 reaches them. */
@customElement('cw-toasts')
export class CwToasts extends LitElement {
  static override styles = [
    ...sheets(iconSheet, button, toast),
    css`
      :host {
        position: fixed;
        inset-block-end: var(--s-4);
        inset-inline-end: var(--s-4);
        z-index: var(--z-toast);
        display: grid;
        gap: var(--s-2);
      }
      .toast {
        position: static;
      }
      @media (max-width: 47.99rem) {
        :host {
          inset-block-end: calc(3.5rem + var(--s-2));
          inset-inline: var(--s-4);
        }
        .toast {
          inline-size: 100%;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Listening(this, writes, 'change', () => this.requestUpdate());
    new Listening(this, router, 'change', () => this.requestUpdate());
    new Listening(this, document, 'keydown', (event) => {
      if ((event as KeyboardEvent).key === 'F6') this.renderRoot.querySelector('button')?.focus();
    });
  }

  override render(): TemplateResult[] {
    const { page, params } = router.route;
    // The overview of a bot shows the same track in its own panel.
    const shown = writes.list.filter(
      (write) =>
        write.refusal !== null ||
        write.proposal !== null ||
        !(page === 'overview' && write.names.length === 1 && write.names[0] === params.name),
    );
    return shown.slice(-3).map((write) => this.#toast(write));
  }

  #toast(write: Write): TemplateResult {
    const steps = writes.steps(write);
    const isRefused = write.refusal !== null || (write.proposal === null && steps.some(({ state }) => state === 'bad'));
    return html`<section class="toast" role=${isRefused ? 'alert' : 'status'} aria-label="Change">
      <div class="row">
        <strong class="clip">${write.title}</strong
        ><span class="push"
          ><button
            class="btn btn--icon btn--quiet"
            type="button"
            aria-label="Close ${write.title}"
            title="Close"
            @click=${() => writes.dismiss(write.id)}
          >
            ${icon('close')}
          </button></span
        >
      </div>
      ${this.#where(write, steps)}
    </section>`;
  }

  #where({ refusal, proposal, title }: Write, steps: readonly Step[]): TemplateResult {
    if (refusal !== null) return html`<p>${refusal}</p>`;
    if (proposal === null) return html`<cw-track .steps=${steps} label="Way of: ${title}" brief></cw-track>`;
    return html`<p>
      It waits in proposal <a href="proposals/${proposal.number}">#${proposal.number} ${proposal.title}</a>. Main stays
      as it is until that is merged.
    </p>`;
  }
}
