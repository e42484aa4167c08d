import { html, nothing, type TemplateResult } from 'lit';
import type { ApiError } from '../data/api.ts';
import { clockOf } from '../data/words/format.ts';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';
import type { Resource } from './resource.ts';

/** Bones the size of what comes; spoken as `what`. */
export function bones(what: string, rows = 4): TemplateResult {
  const sizes = ['bone bone--m', 'bone bone--l', 'bone bone--l', 'bone bone--s'];
  return html`<div class="panel__body" aria-busy="true">
    <span class="visually-hidden">Loading ${what}</span>
    ${Array.from({ length: rows }, (_, index) => html`<div class=${sizes[index % sizes.length] ?? 'bone'}></div>`)}
  </div>`;
}

export function emptyFace(name: IconName, title: string, text: unknown, action: unknown = nothing): TemplateResult {
  return html`<div class="face">
    ${icon(name)}
    <h3 class="strong">${title}</h3>
    <p>${text}</p>
    ${action}
  </div>`;
}

/** What failed and why in the server's words, and a way to try again. */
export function errorFace(title: string, error: ApiError, retry: () => void): TemplateResult {
  return html`<div class="face" data-tone="bad" role="alert">
    ${icon('y-failed')}
    <h3 class="strong">${title}</h3>
    <p>${error.message}</p>
    <div class="row-wrap">
      <button class="btn" type="button" @click=${retry}>${icon('restart')}Try again</button>
      ${error.requestId === undefined ? nothing : html`<span class="muted small">Request ${error.requestId}</span>`}
    </div>
  </div>`;
}

/** Why the server did not do what a form or a button asked for, in its words; nothing where it was not refused. */
export function refusalNote(refusal: string): TemplateResult | typeof nothing {
  if (refusal === '') return nothing;
  return html`<div class="note" data-tone="bad" role="alert">
    ${icon('y-failed')}
    <p>${refusal}</p>
  </div>`;
}

/** Old data stays readable and says how old it is. */
export function staleNote(resource: Resource<unknown>): TemplateResult | typeof nothing {
  if (resource.error === null || resource.at === null) return nothing;
  return html`<div class="banner">
    ${icon('clock')}
    <p class="banner__text" role="status">
      As of ${clockOf(new Date(resource.at).toISOString())}. ${resource.error.message}
    </p>
    <button class="btn" type="button" @click=${() => resource.reload()}>Try now</button>
  </div>`;
}

/** The four faces of a place that waits: bones, the error, old data with its age, or what `ready` draws. */
export function faces<T>(
  resource: Resource<T>,
  what: string,
  ready: (value: T) => unknown,
): TemplateResult | typeof nothing {
  if (resource.value !== undefined) return html`${staleNote(resource)}${ready(resource.value)}`;
  if (resource.error !== null)
    return errorFace(`${capital(what)} cannot be read`, resource.error, () => resource.reload());
  return resource.slow ? bones(what) : nothing;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
