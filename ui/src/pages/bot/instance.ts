import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import { botMenu, runBotAct } from '../../common/bot-actions.ts';
import { Listening, Selected } from '../../common/controllers.ts';
import { bones, emptyFace } from '../../common/faces.ts';
import { Hotkeys } from '../../common/hotkeys.ts';
import { suspendedMark, suspendedNote } from '../../common/suspended.ts';
import { wantedNotes } from '../../common/wanted.ts';
import { badge, statusWord, syncCause, syncWord } from '../../common/word-marks.ts';
import type { Page, Route } from '../../data/router.ts';
import { icon } from '../../elements/icon.ts';
import '../../elements/menu.ts';
import '../../elements/page.ts';
import { openProposals, router, store } from '../../services.ts';
import { button, face, frame, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';

const TABS = [
  ['overview', 'Overview'],
  ['config', 'Config'],
  ['manifests', 'Manifests'],
  ['changes', 'Changes'],
  ['logs', 'Logs'],
  ['screens', 'Screens'],
] as const satisfies readonly (readonly [Page, string])[];
type Tab = (typeof TABS)[number][0];

const loaders: Readonly<Record<Tab, () => Promise<unknown>>> = {
  overview: () => import('./overview.ts'),
  config: () => import('../config/config.ts'),
  manifests: () => import('./manifests.ts'),
  changes: () => import('../history/changes.ts'),
  logs: () => import('../logs/logs.ts'),
  screens: () => import('../screens/screens.ts'),
};

/** The pages of one bot: its name and state in the bar, its acts, its tabs. */
@customElement('cw-instance')
export class CwInstance extends LitElement {
  static override styles = sheets(iconSheet, status, frame, layout, button, panel, note, face);

  @property({ attribute: false }) route!: Route;
  @property() name = '';
  @state() private deleting = false;
  @state() private suspending = false;
  /** The bot as it was when it left the store: its page says that it is gone instead of vanishing. */
  #last: Instance | undefined;
  readonly #cluster = new Selected(this, () => store.fleet?.cluster.state);
  readonly #instances = new Selected(this, () => store.instances);
  readonly #known = new Selected(this, () => store.known);
  readonly #wanted = new Selected(this, () => openProposals.byBot, openProposals);

  constructor() {
    super();
    const go = (tab: Tab): void => router.go(addressOf(this.name, tab));
    new Hotkeys(this, Object.fromEntries(TABS.map(([tab], index) => [String(index + 1), () => go(tab)])));
    new Listening(this, document, 'cw-pins', () => this.requestUpdate());
  }

  override willUpdate(): void {
    const found = this.#instances.value.get(this.name);
    if (found !== undefined || this.#last?.name !== this.name) this.#last = found;
    void loaders[this.#tab]();
    const title = TABS.find(([tab]) => tab === this.#tab)?.[1] ?? '';
    document.title = `${this.#last?.display_name ?? this.name} · ${title} · OpenClaw Orchestrator`;
  }

  get #tab(): Tab {
    return this.route.page as Tab;
  }

  override render(): TemplateResult {
    const instance = this.#instances.value.get(this.name);
    if (instance === undefined) return this.#missing();
    const isLoud = instance.sync !== 'applied' && instance.sync !== 'published';
    return html`<cw-page crumbs .heading=${instance.display_name}>
        <span slot="after" class="row hide-narrow">
          ${statusWord(instance.status, this.#cluster.value, instance.status_reason === '' ? nothing : instance.status_reason)}
          ${suspendedMark(instance)} ${isLoud ? syncWord(instance.sync, syncCause(instance)) : nothing}
        </span>
        <div class="subbar">${this.#acts(instance)} ${this.#tabs(instance)}</div>
        ${suspendedNote(instance)} ${wantedNotes(this.#wanted.value.get(instance.name) ?? [])}
        ${this.#content(instance)}
      </cw-page>
      ${
        this.deleting
          ? html`<cw-delete .instance=${instance} @cw-close=${() => (this.deleting = false)}></cw-delete>`
          : nothing
      }
      ${
        this.suspending
          ? html`<cw-suspend .instance=${instance} @cw-close=${() => (this.suspending = false)}></cw-suspend>`
          : nothing
      }`;
  }

  #acts(instance: Instance): TemplateResult {
    const address = addressOf(instance.name, 'screens');
    return html`<div class="subbar__acts">
      <a class="btn" href="${address}?only=chrome">${icon('globe')}Chrome</a>
      <a class="btn" href="${address}?only=terminal">${icon('terminal')}Terminal</a>
      ${instance.leaving === null ? this.#power(instance) : nothing}
      <cw-menu
        .items=${botMenu(instance, 'page')}
        @cw-pick=${(event: CustomEvent<string>) => this.#pick(event.detail, instance)}
      ></cw-menu>
    </div>`;
  }

  #power(instance: Instance): TemplateResult {
    const isStopped = instance.status === 'stopped';
    return html`${
        isStopped
          ? nothing
          : html`<button class="btn btn--fold" type="button" @click=${() => runBotAct('restart', instance)}>
              ${icon('restart')}Restart
            </button>`
      }<button class="btn btn--fold" type="button" @click=${() => runBotAct(isStopped ? 'start' : 'stop', instance)}>
        ${icon(isStopped ? 'play' : 'stop')}${isStopped ? 'Start' : 'Stop'}
      </button>`;
  }

  #tabs(instance: Instance): TemplateResult {
    const hasDraft = instance.sync === 'draft';
    return html`<nav class="tabs" aria-label="Bot pages">
      ${TABS.map(
        ([tab, title]) =>
          html`<a
            class="tabs__item"
            href=${addressOf(instance.name, tab)}
            aria-current=${tab === this.#tab ? 'page' : nothing}
            >${title}${tab === 'changes' && hasDraft ? html` ${badge('warn', '1 draft')}` : nothing}</a
          >`,
      )}
    </nav>`;
  }

  #content(instance: Instance): TemplateResult {
    switch (this.#tab) {
      case 'overview':
        return html`<cw-overview .instance=${instance} .route=${this.route}></cw-overview>`;
      case 'config':
        return html`<cw-config .instance=${instance}></cw-config>`;
      case 'manifests':
        return html`<cw-manifests .instance=${instance} .route=${this.route}></cw-manifests>`;
      case 'changes':
        return html`<cw-changes .instance=${instance} .route=${this.route}></cw-changes>`;
      case 'logs':
        return html`<cw-logs .instance=${instance}></cw-logs>`;
      case 'screens':
        return html`<cw-screens .instance=${instance} .route=${this.route}></cw-screens>`;
    }
  }

  #missing(): TemplateResult {
    if (!this.#known.value) return html`<cw-page crumbs .heading=${this.name}>${bones('the bot')}</cw-page>`;
    const title = this.#last?.display_name ?? this.name;
    const back = html`<a class="btn" href="./">Back to the fleet</a>`;
    const text =
      this.#last === undefined
        ? html`No bot is named <code>${this.name}</code>. It may have been deleted; the activity says who did what.`
        : this.#last.revision === null
          ? 'It was a draft only, which was given up: no commit has it.'
          : 'It was deleted. The commit stays in git.';
    void import('../history/former.ts');
    return html`<cw-page crumbs .heading=${title}
      >${emptyFace('s-stopped', 'This bot is not there', text, back)}<cw-former .name=${this.name}></cw-former
    ></cw-page>`;
  }

  #pick(id: string, instance: Instance): void {
    if (runBotAct(id, instance)) return;
    if (id === 'delete') void import('./delete.ts').then(() => (this.deleting = true));
    if (id === 'suspend') void import('./suspend.ts').then(() => (this.suspending = true));
  }
}

function addressOf(name: string, tab: Tab): string {
  return tab === 'overview' ? `instances/${name}` : `instances/${name}/${tab}`;
}
