import { html, nothing, type TemplateResult } from 'lit';
import type { CommitSignature } from '../../../server/http/schemas/commit-signature.ts';
import type { Status, Sync } from '../../../server/http/schemas/common.ts';
import type { Instance } from '../../../server/http/schemas/instance.ts';
import { exactTime, shortCommit } from '../data/words/format.ts';
import { statusEntry, SYNC_WORDS, type ClusterState, type Tone, type Word } from '../data/words/words.ts';
import { icon } from '../elements/icon.ts';
import type { IconName } from '../elements/icon-paths.ts';

/** A shape, a word, and where there is room the cause. */
export function word(entry: Word, why: unknown = nothing): TemplateResult {
  return html`<span class="status" data-tone=${entry.tone}
    >${icon(entry.icon, entry.turning === true)}<span class="status__word">${entry.word}</span>${
      why === nothing ? nothing : html`<span class="status__why">${why}</span>`
    }</span
  >`;
}

/** `cluster` is its state: nothing moves where there is none. */
export function statusWord(status: Status, cluster: ClusterState, why: unknown = nothing): TemplateResult {
  return word(statusEntry(status, cluster), why);
}

export function syncWord(sync: Sync, why: unknown = nothing): TemplateResult {
  return word(SYNC_WORDS[sync], why);
}

/** The glyph of a status alone; its word stands beside it for those who do not see it. */
export function statusGlyph(status: Status, cluster: ClusterState): TemplateResult {
  const entry = statusEntry(status, cluster);
  return html`<span class="status" data-tone=${entry.tone}>${icon(entry.icon, entry.turning === true)}</span>`;
}

/**
 * What stands behind the sync word of a row: the commit where all is well, else the cause, unless that is the cause of
 * its status too and stands there; of one that leaves, that.
 */
export function syncCause(instance: Instance): unknown {
  const { sync, sync_reason: reason, revision, live_revision: live } = instance;
  if (instance.leaving !== null) return reason;
  const commit = sync === 'applied' ? (live ?? revision) : sync === 'published' ? revision : null;
  if (commit !== null) return html`<code>${shortCommit(commit)}</code>`;
  return reason === '' || reason === instance.status_reason ? nothing : reason;
}

export function badge(tone: Tone | '', text: unknown, name?: IconName): TemplateResult {
  return html`<span class="badge" data-tone=${tone}>${name === undefined ? nothing : icon(name)}${text}</span>`;
}

/** Seven characters, always a link. */
export function commitLink(commit: string, address = `commits/${commit}`): TemplateResult {
  return html`<a class="commit" href=${address} title=${commit}>${shortCommit(commit)}</a>`;
}

/** A time in its short form with the exact one behind it. */
export function time(iso: string, text: string, classes = ''): TemplateResult {
  return html`<time class=${classes} datetime=${iso} title=${exactTime(iso)}>${text}</time>`;
}

/** Who signed a commit, or why nobody counts as who did. */
export function signatureMark({ state, words }: CommitSignature): TemplateResult {
  return state === 'good' ? html`<span>${words}</span>` : html`<strong>${words}</strong>`;
}

/** The sync word of a bot with its commit; where another program applies, also who did, or what it has yet to bring. */
export function syncFact({ sync, sync_reason: reason, revision }: Instance, isExternal: boolean): TemplateResult {
  const commit = syncWord(sync, revision === null ? nothing : commitLink(revision));
  return isExternal ? html`${commit} <span class="muted small">${reason}</span>` : commit;
}
