import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Hotkeys } from '../common/hotkeys.ts';
import { Listening } from '../common/controllers.ts';
import type { StatusChange } from '../data/stream/fleet-store.ts';
import type { Page, Route } from '../data/router.ts';
import type { ProposedWrite } from '../data/forms/proposing.ts';
import { STATUS_WORDS } from '../data/words/words.ts';
import '../elements/toasts.ts';
import { announcer, live, proposing, router, store } from '../services.ts';
import { sheets, shell } from '../styles/sheets.ts';
import './nav.ts';
import './fleet/fleet.ts';
import './leave.ts';
import './palette.ts';
import { loadPage, pageOf } from './page-table.ts';

/**
 * The shell: navigation, the view of the route, what floats over it, and the one live region. The palette is part of the
 * first load: what is typed right after Ctrl K belongs to it.
 */
@customElement('cw-app')
export class CwApp extends LitElement {
  static override styles = [
    ...sheets(shell),
    css`
      .main > * {
        flex: 1;
        display: flex;
        flex-direction: column;
        min-inline-size: 0;
      }
    `,
  ];

  @state() private route: Route = router.route;
  @state() private palette = false;
  /** The page waits for an answer whether it may be left. */
  @state() private held = false;
  @state() private proposed: ProposedWrite | null = null;
  #abort: AbortController | undefined;

  constructor() {
    super();
    new Hotkeys(this, {
      c: () => this.#create(),
      C: () => this.#create(),
    });
    new Listening(this, router, 'change', () => void this.#follow());
    new Listening(this, router, 'held', () => (this.held = true));
    new Listening(this, proposing, 'change', () => void this.#propose());
    new Listening(this, announcer, 'change', () => this.requestUpdate());
    new Listening(this, store, 'instance', (event) => announce((event as CustomEvent<StatusChange>).detail));
    new Listening(this, document, 'keydown', (event) => this.#paletteKey(event as KeyboardEvent));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#abort = new AbortController();
    router.start(this.#abort.signal);
    live.start(this.#abort.signal);
    void this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  override render(): TemplateResult {
    if (this.route.page === 'screen') return html`${pageOf(this.route)}${this.#spoken()}`;
    return html`<a class="skip" href="#content" @click=${this.#skip}>Skip to content</a>
      <div class="app">
        <cw-nav .route=${this.route}></cw-nav>
        <div class="main" @cw-palette=${() => (this.palette = true)}>${pageOf(this.route)}</div>
      </div>
      <cw-toasts></cw-toasts>
      ${this.palette ? html`<cw-palette @cw-close=${() => (this.palette = false)}></cw-palette>` : ''}
      ${this.proposed === null ? '' : html`<cw-propose .wish=${this.proposed}></cw-propose>`}
      ${this.held ? html`<cw-leave @cw-stay=${this.#stay} @cw-leave=${this.#leave}></cw-leave>` : ''} ${this.#spoken()}`;
  }

  readonly #stay = (): void => {
    this.held = false;
    router.stay();
  };

  readonly #leave = (): void => {
    this.held = false;
    router.leave();
  };

  async #propose(): Promise<void> {
    if (proposing.current !== null) await import('./proposals/propose.ts');
    this.proposed = proposing.current;
  }

  #spoken(): TemplateResult {
    return html`<p class="visually-hidden" aria-live="polite">${announcer.message}</p>`;
  }

  async #follow(): Promise<void> {
    const next = router.route;
    const isOther = elementOf(next.page) !== elementOf(this.route.page);
    await loadPage(next.page);
    if (router.route !== next) return;
    this.route = next;
    if (!isOther) return;
    await this.updateComplete;
    window.scrollTo(0, 0);
    this.#focusContent();
  }

  #create(): void {
    if (this.route.page !== 'create' && this.route.page !== 'screen') router.go('new');
  }

  #paletteKey(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || this.route.page === 'screen') return;
    event.preventDefault();
    this.palette = true;
  }

  readonly #skip = (event: Event): void => {
    event.preventDefault();
    this.#focusContent();
  };

  #focusContent(): void {
    const view = this.renderRoot.querySelector('.main')?.firstElementChild as LitElement | null | undefined;
    void view?.updateComplete.then(() => view.renderRoot.querySelector('cw-page')?.focusContent());
  }
}

/** The dialog for a new bot lies over the fleet, so the two are one view. */
function elementOf(page: Page): string {
  if (page === 'create') return 'fleet';
  return ['overview', 'config', 'manifests', 'changes', 'logs', 'screens'].includes(page) ? 'instance' : page;
}

function announce({ before, after }: StatusChange): void {
  if (after === undefined) announcer.say(`${before?.display_name ?? 'A bot'} is gone`);
  else if (before === undefined) announcer.say(`${after.display_name} is new`);
  else if (before.status !== after.status) {
    announcer.say(`${after.display_name} is now ${STATUS_WORDS[after.status].word.toLowerCase()}`);
  }
}
