import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { Manifests } from '../../../../server/http/schemas/answers.ts';
import { Ticking } from '../../common/controllers.ts';
import { faces } from '../../common/faces.ts';
import { Resource } from '../../common/resource.ts';
import { word } from '../../common/word-marks.ts';
import { readManifests } from '../../data/endpoints.ts';
import { ageOf, count, shortCommit } from '../../data/words/format.ts';
import type { Word } from '../../data/words/words.ts';
import { button, face, icon as iconSheet, note, panel, sheets, status } from '../../styles/sheets.ts';

type LiveObject = Manifests['objects'][number];

/** The objects of a bot and how each is doing in the cluster. */
@customElement('cw-objects')
export class CwObjects extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, panel, note, face),
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  readonly #manifests = new Resource<Manifests>(this, (signal) => readManifests(this.instance.name, signal));
  readonly #clock = new Ticking(this, 1_000);

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    if (before.name === this.instance.name) this.#manifests.reload();
    else this.#manifests.reset();
  }

  override render(): TemplateResult {
    return html`<section class="panel" aria-labelledby="objects">
      <header class="panel__head"><h2 id="objects">Objects</h2></header>
      ${faces(this.#manifests, 'the objects', (manifests) => [
        html`<ul class="items objects">
          ${manifests.objects.map((object) => this.#object(object, manifests.observed_at !== null))}
        </ul>`,
        html`<footer class="panel__foot">${this.#objectsFoot(manifests)}</footer>`,
      ])}
    </section>`;
  }

  #object(object: LiveObject, isSeen: boolean): TemplateResult {
    const kind = object.kind === 'PersistentVolumeClaim' ? 'Volume' : object.kind;
    return html`<li>
      <span class="objects__kind">${kind}</span><code class="clip" title=${object.name}>${object.name}</code
      ><span class="objects__state">${word(objectWord(object, isSeen))}</span>
    </li>`;
  }

  #objectsFoot(manifests: Manifests): unknown {
    const amount = count(manifests.objects.length, 'object');
    const differing = manifests.objects.filter((object) => object.state === 'differs').length;
    const commit = manifests.revision === null ? '' : ` as in commit ${shortCommit(manifests.revision)}`;
    if (manifests.observed_at === null) return html`<span>${amount}${commit}. Not seen in a cluster yet.</span>`;
    const state = differing === 0 ? `all${commit}` : `${differing} not${commit}`;
    return html`<span>${amount}, ${state}. Checked ${ageOf(manifests.observed_at, this.#clock.now)} ago.</span>`;
  }
}

/** How an object is doing, as a word of state. */
function objectWord(object: LiveObject, isSeen: boolean): Word {
  if (!isSeen) return { word: 'not seen yet', icon: 'y-todo', tone: 'idle', rule: '' };
  const text =
    object.health === ''
      ? { in_sync: 'as on main', differs: 'differs', missing: 'missing', extra: 'extra', unknown: 'not seen yet' }[
          object.state
        ]
      : object.health;
  const base = { word: text, rule: '' };
  if (object.state === 'missing' || object.state === 'unknown') return { ...base, icon: 'y-todo', tone: 'idle' };
  if (object.state === 'differs' || object.state === 'extra') return { ...base, icon: 'y-drifted', tone: 'warn' };
  if (/^0 of|pending|waits|lost/i.test(object.health))
    return { ...base, icon: 's-creating', tone: 'wait', turning: true };
  return { ...base, icon: 's-running', tone: 'ok' };
}
