import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Activity } from '../../../../server/http/schemas/answers.ts';
import { Listening, Selected, Ticking } from '../../common/controllers.ts';
import { emptyFace, faces } from '../../common/faces.ts';
import { OlderPages } from '../../common/older-pages.ts';
import { PickTwo } from '../../common/pick-two.ts';
import { Resource } from '../../common/resource.ts';
import { commitLink, signatureMark, syncWord, time } from '../../common/word-marks.ts';
import type { Answer } from '../../data/api.ts';
import { readActivity } from '../../data/endpoints.ts';
import { decisionWord, proposalIn } from '../../data/words/decision-words.ts';
import { clockOf, dayHeading } from '../../data/words/format.ts';
import type { Route } from '../../data/router.ts';
import { icon } from '../../elements/icon.ts';
import type { IconName } from '../../elements/icon-paths.ts';
import '../../elements/page.ts';
import { router, store } from '../../services.ts';
import {
  button,
  face,
  feed,
  filters,
  form,
  frame,
  icon as iconSheet,
  note,
  sheets,
  status,
} from '../../styles/sheets.ts';

type Entry = Activity[number];

/** Who changed what, and what the cluster did: one sentence, its result, its commit. */
@customElement('cw-activity')
export class CwActivity extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, frame, filters, form, feed, face, note),
    PickTwo.styles,
    css`
      .older {
        padding-block: var(--s-3);
      }
      @media (max-width: 47.99rem) {
        .page__actions:has(.find) {
          flex-wrap: wrap;
        }
        .page__actions .find {
          flex: 1 1 12rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) route!: Route;
  readonly #activity = new Resource<Answer<Activity>>(this, (signal) => readActivity(signal));
  readonly #older = new OlderPages<Entry>(this, (after) => readActivity(undefined, after));
  readonly #picks = new PickTwo(this);
  readonly #instances = new Selected(this, () => store.instances);
  readonly #clock = new Ticking(this, 30_000);

  constructor() {
    super();
    new Listening(this, store, 'activity', () => this.#activity.reload());
    new Listening(this, store, 'instance', () => this.#activity.reload());
  }

  override render(): TemplateResult {
    document.title = 'Activity · OpenClaw Orchestrator';
    const onlyFailures = this.route.search.get('show') === 'failures';
    const text = this.route.search.get('q') ?? '';
    const all = this.#older.behind(this.#activity.value?.value ?? []);
    const failures = all.filter(hasFailed).length;
    return html`<cw-page heading="Activity" sub="who changed what, and what the cluster did">
      <div class="page__head">
        <div class="filters filters--scroll" role="group" aria-label="Kind">
          ${this.#chip('All', !onlyFailures, '')} ${this.#chip(`Failures ${failures}`, onlyFailures, 'failures')}
        </div>
        <div class="page__actions">
          ${this.#picks.link(
            all.flatMap(({ commit }) => commit ?? []),
            'compare',
          )}
          <a class="btn" href="restore">${icon('restart')}Restore the fleet</a>
          <div class="find">
            ${icon('search')}<input
              class="input input--sm"
              type="search"
              aria-label="Filter activity"
              placeholder="Bot, person, commit"
              .value=${text}
              @input=${(event: InputEvent) => this.#go({ q: (event.target as HTMLInputElement).value })}
            />
          </div>
        </div>
      </div>
      ${faces(this.#activity, 'the activity', ({ next }) => {
        const shown = all.filter((entry) => (!onlyFailures || hasFailed(entry)) && matches(entry, text));
        const empty = text === '' ? 'What is changed appears here by itself.' : `Nothing matches “${text}”.`;
        return html`${shown.length === 0 ? emptyFace('activity', 'Nothing here', empty) : this.#days(shown)}
          <div class="row-wrap older">${this.#older.button(next)}</div>`;
      })}
    </cw-page>`;
  }

  #chip(title: string, isPressed: boolean, show: string): TemplateResult {
    return html`<button class="chip" type="button" aria-pressed=${isPressed} @click=${() => this.#go({ show })}>
      ${title}
    </button>`;
  }

  #days(entries: readonly Entry[]): TemplateResult[] {
    const days = Map.groupBy(entries, (entry) => entry.at.slice(0, 10));
    return [...days.values()].map(
      (day) =>
        html`<div class="day">
          <h2 class="feed__day">${dayHeading(day[0]?.at ?? '', this.#clock.now)}</h2>
          <ol>
            ${day.map((entry) => this.#row(entry))}
          </ol>
        </div>`,
    );
  }

  #row(entry: Entry): TemplateResult {
    const [subject = ''] = entry.message.split('\n');
    return html`<li class="feed__row">
      ${time(entry.at, clockOf(entry.at).slice(0, 5), 'muted')} ${icon(iconOf(entry, subject))}
      <span class="feed__what"
        ><span class="soft">${entry.actor}</span>:
        ${this.#sentence(subject, entry.instances)}${
          entry.signature === null || entry.signature.state === 'good'
            ? nothing
            : html` <span class="small">(${signatureMark(entry.signature)})</span>`
        }</span
      >
      <span class="feed__state" title=${entry.detail}>${stateWord(entry)}</span>
      <span class="feed__end"
        >${entry.commit === null ? nothing : html`${commitLink(entry.commit)}${this.#picks.box(entry.commit, subject)}`}</span
      >
    </li>`;
  }

  /** The subject with the name of its bot, or of its proposal, as a link. */
  #sentence(subject: string, names: readonly string[]): unknown {
    for (const name of names) {
      const title = this.#instances.value.get(name)?.display_name;
      if (title === undefined) continue;
      const said = [title, name].find((word) => subject.includes(word));
      const link = html`<a href="instances/${name}">${title}</a>`;
      if (said !== undefined) {
        const at = subject.indexOf(said);
        return html`${subject.slice(0, at)}${link}${subject.slice(at + said.length)}`;
      }
      if (names.length === 1) return html`${subject} (${link})`;
    }
    const about = proposalIn(subject);
    if (about === undefined) return subject;
    const words = subject.slice(about.from, about.to);
    const link = html`<a href="proposals/${about.number}">${words}</a>`;
    return html`${subject.slice(0, about.from)}${link}${subject.slice(about.to)}`;
  }

  #go(change: Record<string, string>): void {
    const search = new URLSearchParams(this.route.search);
    for (const [key, value] of Object.entries(change)) {
      if (value === '') search.delete(key);
      else search.set(key, value);
    }
    const text = search.toString();
    router.go(text === '' ? 'activity' : `activity?${text}`, { replace: true });
  }
}

const ICONS: readonly (readonly [RegExp, IconName])[] = [
  [/^create/i, 'plus'],
  [/^(delete|remove)/i, 'trash'],
  [/^stop/i, 'stop'],
  [/^start/i, 'play'],
  [/^restart/i, 'restart'],
  [/key/i, 'key'],
  [/drift/i, 'y-drifted'],
];

function iconOf(entry: Entry, subject: string): IconName {
  if (entry.instances.length > 1) return 'commit';
  return ICONS.find(([pattern]) => pattern.test(subject))?.[1] ?? 'commit';
}

function hasFailed(entry: Entry): boolean {
  return entry.state === 'failed' || entry.state === 'conflict';
}

function stateWord(entry: Entry): unknown {
  const { instances, applied } = entry;
  const isOnItsWay = entry.state === 'published' && applied > 0;
  const why = entry.detail !== '' ? entry.detail : isOnItsWay ? `${applied} of ${instances.length} applied` : nothing;
  switch (entry.state) {
    case 'draft':
    case 'published':
    case 'applied':
    case 'failed':
    case 'drifted':
      return syncWord(entry.state, why);
    case 'conflict':
      return syncWord('failed', 'conflict');
    case 'proposed':
      return syncWord('proposed', why);
    default:
      return html`<span class="muted">${decisionWord(entry.state)}</span>`;
  }
}

function matches(entry: Entry, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const words = [entry.actor, entry.message, entry.commit ?? '', ...entry.instances].join(' ').toLowerCase();
  return wanted === '' || words.includes(wanted);
}
