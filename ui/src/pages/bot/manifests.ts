import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { Manifest, Manifests } from '../../../../server/http/schemas/answers.ts';
import { Ticking } from '../../common/controllers.ts';
import { emptyFace, faces } from '../../common/faces.ts';
import { isNarrowPage } from '../../common/narrow.ts';
import { Resource } from '../../common/resource.ts';
import { badge } from '../../common/word-marks.ts';
import { compareTexts, threeColumns } from '../../data/words/compare.ts';
import { readManifests } from '../../data/endpoints.ts';
import { ageOf, count, shortCommit } from '../../data/words/format.ts';
import { linesOf } from '../../data/text/lines.ts';
import type { Route } from '../../data/router.ts';
import '../../elements/code.ts';
import '../../elements/columns.ts';
import '../../elements/copy.ts';
import '../../elements/diff.ts';
import { icon } from '../../elements/icon.ts';
import { router } from '../../services.ts';
import { download } from '../download.ts';
import { button, face, icon as iconSheet, layout, note, panel, sheets, status } from '../../styles/sheets.ts';

const VERSIONS = [
  ['main', 'Git main'],
  ['live', 'Live'],
  ['compare', 'Compare'],
] as const;
type Version = (typeof VERSIONS)[number][0];

/** The rendered objects of a bot: as on main, as in the cluster, or both compared. The choice is in the address, where a kind alone is its first object. */
@customElement('cw-manifests')
export class CwManifests extends LitElement {
  static override styles = [
    ...sheets(iconSheet, status, button, layout, panel, note, face),
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) instance!: Instance;
  @property({ attribute: false }) route!: Route;
  readonly #manifests = new Resource<Manifests>(this, (signal) => readManifests(this.instance.name, signal));
  readonly #clock = new Ticking(this, 1_000);

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('instance');
    if (before === undefined) return;
    if (before.name === this.instance.name) this.#manifests.reload();
    else this.#manifests.reset();
  }

  override render(): unknown {
    return faces(this.#manifests, 'the manifests', (manifests) => {
      const wanted = this.route.search.get('object');
      const object =
        manifests.objects.find((one) => keyOf(one) === wanted) ??
        manifests.objects.find(({ kind }) => kind === wanted) ??
        manifests.objects[0];
      if (object === undefined) {
        return emptyFace('file', 'No objects yet', 'They are rendered with the first commit of this bot.');
      }
      return html`<div class="cols cols--list">${this.#list(manifests, object)} ${this.#object(object)}</div>`;
    });
  }

  get #version(): Version {
    const version = this.route.search.get('version');
    return version === 'live' || version === 'compare' ? version : 'main';
  }

  #list(manifests: Manifests, current: Manifest): TemplateResult {
    const commit = manifests.revision === null ? 'No commit yet' : `As in commit ${shortCommit(manifests.revision)}`;
    const { live_revision: live } = manifests;
    const runs = live === null || live === manifests.revision ? '' : `, the cluster runs ${shortCommit(live)}`;
    const seen =
      manifests.observed_at === null
        ? ', not seen in a cluster'
        : `, checked ${ageOf(manifests.observed_at, this.#clock.now)} ago`;
    return html`<section class="panel" aria-labelledby="list">
      <header class="panel__head"><h2 id="list">${count(manifests.objects.length, 'object')}</h2></header>
      <ul class="picklist">
        ${manifests.objects.map(
          (object) =>
            html`<li>
              <a
                class="picklist__item"
                href=${this.#address(object, this.#version)}
                aria-current=${object === current ? 'true' : nothing}
                ><span class="clip" title=${object.name}
                  ><span class="muted small">${object.kind}</span><br /><code>${object.name}</code></span
                >${stateBadge(object, manifests.observed_at !== null)}</a
              >
            </li>`,
        )}
      </ul>
      <footer class="panel__foot">${commit}${runs}${seen}</footer>
    </section>`;
  }

  #object(object: Manifest): TemplateResult {
    const text = this.#version === 'live' ? object.live : object.main;
    return html`<section class="panel" aria-labelledby="kind">
      <header class="panel__head">
        <h2 id="kind">${object.kind}</h2>
        <code class="muted clip">${object.file ?? object.name}</code>
        <div class="panel__end">
          <div class="seg" role="group" aria-label="Version">
            ${VERSIONS.map(
              ([version, title]) =>
                html`<button
                  class="seg__item"
                  type="button"
                  aria-pressed=${version === this.#version}
                  @click=${() => router.go(this.#address(object, version), { replace: true })}
                >
                  ${title}
                </button>`,
            )}
          </div>
          ${text === null ? nothing : this.#tools(object, text)}
        </div>
      </header>
      ${this.#body(object, text)}
      <footer class="panel__foot">
        <span>Generated from instances/${this.instance.name}.yaml, never edited by hand</span>
        ${text === null ? nothing : html`<span class="push">${count(linesOf(text).length, 'line')}</span>`}
      </footer>
    </section>`;
  }

  #body(object: Manifest, text: string | null): TemplateResult {
    if (this.#version === 'compare') return this.#compare(object);
    if (text === null) {
      return this.#version === 'live'
        ? emptyFace('cluster', 'Not in the cluster', 'It appears here when it has been applied and seen.')
        : emptyFace('commit', 'Not on main', 'The cluster has this object and main does not.');
    }
    return html`<cw-code .text=${text} path="object.yaml" label="${object.kind} ${object.name}"></cw-code>`;
  }

  #compare(object: Manifest): TemplateResult {
    if (object.live === null || object.main === null) {
      return emptyFace(
        'diff',
        'Nothing to compare',
        object.live === null ? 'The cluster has not shown this object yet.' : 'Main does not have this object.',
      );
    }
    if (object.diff.length === 0) {
      return emptyFace('y-applied', 'Equal', 'Every field that main manages is in the cluster as it is on main.');
    }
    if (isNarrowPage()) {
      const files = [{ path: object.file ?? `${object.name}.yaml`, rows: compareTexts(object.live, object.main) }];
      return html`<cw-diff .files=${files} label="From live to main, ${object.kind} ${object.name}"></cw-diff>`;
    }
    const heads = [
      html`${icon('cluster')}Live ${html`<span class="push">${badge('warn', `≠ ${object.diff.length} drifted`)}</span>`}`,
      html`${icon('commit')}Git main`,
    ];
    return html`<cw-columns
      .rows=${threeColumns(object.live, object.main, null)}
      .heads=${heads}
      .shown=${[0, 1]}
      path="object.yaml"
      label="Live and main of ${object.kind} ${object.name}"
    ></cw-columns>`;
  }

  #tools(object: Manifest, text: string): TemplateResult {
    const file = `${object.kind.toLowerCase()}-${object.name}.yaml`;
    return html`<cw-copy look="icon" what="YAML" .text=${text}></cw-copy
      ><button
        class="btn btn--icon btn--quiet"
        type="button"
        aria-label="Download YAML"
        title="Download YAML"
        @click=${() => download(file, text)}
      >
        ${icon('download')}
      </button>`;
  }

  #address(object: Manifest, version: Version): string {
    const search = new URLSearchParams({ object: keyOf(object) });
    if (version !== 'main') search.set('version', version);
    return `instances/${this.instance.name}/manifests?${search.toString()}`;
  }
}

function keyOf(object: Manifest): string {
  return `${object.kind}/${object.name}`;
}

function stateBadge(object: Manifest, isSeen: boolean): TemplateResult {
  if (!isSeen) return badge('', 'not seen');
  switch (object.state) {
    case 'in_sync':
      return badge('', 'equal');
    case 'differs':
      return badge('warn', `≠ ${object.diff.length}`);
    case 'missing':
      return badge('wait', 'missing');
    case 'extra':
      return badge('warn', 'extra');
    case 'unknown':
      return badge('', 'not seen');
  }
}
