import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Screen, Status } from '../../../server/http/schemas/common.ts';
import { Listening, Ticking } from '../common/controllers.ts';
import { badge } from '../common/word-marks.ts';
import { takeTicket } from '../data/endpoints.ts';
import { clockOf } from '../data/words/format.ts';
import { icon } from '../elements/icon.ts';
import { button, icon as iconSheet, screens, sheets, status as statusSheet, tile } from '../styles/sheets.ts';
import { panelEnd } from './screen-sheet.ts';
import { ScreenSession, type Quality } from './screen-session.ts';

const TITLES: Readonly<Record<Screen, string>> = { chrome: 'Chrome', terminal: 'Terminal' };

/** One screen of a bot with its bar: looked at first, driven only after "Take control". */
@customElement('cw-screen')
export class CwScreen extends LitElement {
  static override styles = [...sheets(iconSheet, statusSheet, button, screens, tile), panelEnd];

  @property() name = '';
  /** The name that people say. */
  @property() bot = '';
  @property() screen: Screen = 'chrome';
  @property() status: Status = 'creating';
  @property() quality: Quality = 'balanced';
  /** Fills the window that it is alone in. */
  @property({ type: Boolean, reflect: true }) alone = false;
  @state() private fit = true;
  @query('.stage') private stage!: HTMLElement;
  #session: ScreenSession | null = null;

  constructor() {
    super();
    new Ticking(this, 1_000);
    const retry = (): void => {
      if (document.visibilityState === 'visible' && this.#session?.state.state === 'reconnecting') this.#session.open();
    };
    new Listening(this, document, 'visibilitychange', retry);
    new Listening(this, window, 'online', retry);
  }

  override firstUpdated(): void {
    this.#begin();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#session?.close();
    this.#session = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.get('name')) this.#begin();
    else if (changed.get('status') !== undefined) this.#follow();
    if (changed.has('quality')) this.#session?.setQuality(this.quality);
  }

  #begin(): void {
    this.#session?.close();
    this.#session = new ScreenSession(this.stage, (mode) => takeTicket(this.name, this.screen, mode));
    this.#session.addEventListener('change', () => this.#changed());
    this.#follow();
  }

  /** A screen opens by itself when the bot is ready, and says why there is none when it is not. */
  #follow(): void {
    const session = this.#session;
    if (session === null) return;
    if (this.status === 'running') {
      if (session.state.state !== 'live') session.open();
    } else if (this.status === 'stopped') session.end('Stopped', 'Start the bot to see its screen.');
    else if (this.status === 'error') session.end('No screen now', 'The bot is in error; its overview says why.');
    else session.end('Not ready yet', 'Opens by itself when the pod is ready.');
  }

  #changed(): void {
    const canvas = this.#session?.canvas;
    canvas?.setAttribute('role', 'img');
    canvas?.setAttribute(
      'aria-label',
      `${TITLES[this.screen]} screen of ${this.bot}, ${this.#session?.mode === 'control' ? 'you have control' : 'view only'}`,
    );
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const title = TITLES[this.screen];
    return html`<section class="screen" aria-label="${title} screen" @keydown=${this.#chord}>
      <header class="screen__bar">
        ${icon(this.screen === 'chrome' ? 'globe' : 'terminal')}
        <h2 class="screen__title">${title}</h2>
        ${this.#badge()}
        <div class="panel__end">${this.#tools(title)}</div>
      </header>
      ${this.#note()}
      <div class="screen__view" data-fit=${this.fit}>
        <div class="stage" @pointerdown=${this.#pressed}></div>
        ${this.#over()}
      </div>
      <footer class="screen__foot">${this.#foot()}</footer>
    </section>`;
  }

  #badge(): TemplateResult {
    switch (this.#session?.state.state) {
      case 'live':
        return badge('ok', 'Live', 's-running');
      case 'reconnecting':
        return badge('warn', 'Reconnecting', 'offline');
      case 'ended':
        return badge('', 'No screen', 'offline');
      case 'connecting':
      case undefined:
        return badge('wait', 'Connecting', 's-creating');
    }
  }

  #tools(title: string): TemplateResult {
    const tool = (label: string, name: Parameters<typeof icon>[0], press: () => void): TemplateResult =>
      html`<button class="btn btn--icon btn--quiet" type="button" aria-label=${label} title=${label} @click=${press}>
        ${icon(name)}
      </button>`;
    return html`<span class="seg hide-narrow" role="group" aria-label="${title} scale"
        ><button class="seg__item" type="button" aria-pressed=${this.fit} @click=${() => this.#scale(true)}>Fit</button
        ><button class="seg__item" type="button" aria-pressed=${!this.fit} @click=${() => this.#scale(false)}>
          1:1
        </button></span
      >
      ${tool(`Screenshot of ${title}`, 'camera', () => this.#picture())}
      ${
        this.alone
          ? nothing
          : html`<a
              class="btn btn--icon btn--quiet"
              href="instances/${this.name}/screens/${this.screen}"
              target="_blank"
              rel="noopener"
              aria-label="${title} in own window"
              title="${title} in own window"
              >${icon('window')}</a
            >`
      }
      ${tool(`${title} full screen`, 'expand', () => void this.#fullScreen())}`;
  }

  #note(): TemplateResult {
    const isLive = this.#session?.state.state === 'live';
    if (isLive && this.#session?.mode === 'control') {
      return html`<div class="screen__note" data-tone="ok">
        ${icon('pointer')}<span
          ><strong>You have control.</strong> <kbd>Ctrl</kbd> <kbd>Alt</kbd> <kbd>Shift</kbd> gives the keyboard
          back.</span
        ><button class="btn btn--quiet" type="button" @click=${() => this.#session?.open('view')}>Release</button>
      </div>`;
    }
    return html`<div class="screen__note">
      ${icon('eye')}<span><strong>View only.</strong> Keys and clicks stay here.</span
      ><button
        class="btn take"
        type="button"
        aria-disabled=${isLive ? nothing : 'true'}
        title=${isLive ? 'Keyboard and mouse go to the bot' : 'There is no screen to control now'}
        @click=${() => (isLive ? this.#session?.open('control') : undefined)}
      >
        ${icon('pointer')}Take control
      </button>
    </div>`;
  }

  #over(): unknown {
    const session = this.#session;
    if (session === null || session.state.state === 'live') return nothing;
    const { state: now } = session;
    const [title, reason] = now.state === 'connecting' ? ['Connecting', ''] : [now.title, now.reason];
    const seconds = now.state === 'reconnecting' ? Math.max(0, Math.ceil((now.retryAt - Date.now()) / 1_000)) : null;
    const at =
      session.lastFrame === null || session.lastFrameAt === null
        ? ''
        : `Last frame from ${clockOf(new Date(session.lastFrameAt).toISOString())}`;
    return html`<div class="frozen" aria-hidden="true">${session.lastFrame}</div>
      <div class="tile__over" role="status">
        ${icon(now.state === 'ended' ? 'offline' : 's-creating', now.state !== 'ended')}<strong>${title}</strong>
        ${reason === '' ? nothing : html`<span>${reason}</span>`}
        ${seconds === null ? nothing : html`<span>Trying again ${seconds === 0 ? 'now' : `in ${seconds} s`}</span>`}
        ${at === '' ? nothing : html`<span>${at}</span>`}
        ${
          now.state === 'connecting' || this.status !== 'running'
            ? nothing
            : html`<button class="btn" type="button" @click=${() => session.open()}>${icon('restart')}Try now</button>`
        }
      </div>`;
  }

  #foot(): TemplateResult {
    const canvas = this.#session?.canvas ?? this.#session?.lastFrame ?? null;
    const size = canvas === null ? '' : `${canvas.width} × ${canvas.height}`;
    return html`<span>${size === '' ? 'no picture' : size}</span>`;
  }

  #scale(fit: boolean): void {
    this.fit = fit;
    this.#session?.setFit(fit);
  }

  readonly #pressed = (): void => {
    if (this.#session?.mode === 'control') this.#session.focus();
  };

  /** Ctrl, Alt and Shift together give the keyboard back to the page: seen before noVNC sees it. */
  readonly #chord = {
    capture: true,
    handleEvent: (event: KeyboardEvent): void => {
      if (!(event.ctrlKey && event.altKey && event.shiftKey) || this.#session?.mode !== 'control') return;
      event.preventDefault();
      event.stopPropagation();
      this.#session.releaseKeyboard();
      this.renderRoot.querySelector<HTMLElement>('.screen__note button')?.focus();
    },
  };

  #picture(): void {
    const canvas = this.#session?.canvas ?? this.#session?.lastFrame;
    canvas?.toBlob((blob) => {
      if (blob === null) return;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `${this.name}-${this.screen}.png`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  async #fullScreen(): Promise<void> {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await this.requestFullscreen();
  }
}
