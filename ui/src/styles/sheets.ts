import { unsafeCSS, type CSSResult } from 'lit';
import resetText from './reset.css?inline';
import utilText from './util.css?inline';
import iconText from './icon.css?inline';
import shellText from './shell.css?inline';
import frameText from './frame.css?inline';
import layoutText from './layout.css?inline';
import buttonText from './button.css?inline';
import statusText from './status.css?inline';
import trackText from './track.css?inline';
import noteText from './note.css?inline';
import panelText from './panel.css?inline';
import filtersText from './filters.css?inline';
import tableText from './table.css?inline';
import tileText from './tile.css?inline';
import formText from './form.css?inline';
import dialogText from './dialog.css?inline';
import paletteText from './palette.css?inline';
import codeText from './code.css?inline';
import diffText from './diff.css?inline';
import historyText from './history.css?inline';
import screensText from './screens.css?inline';
import logsText from './logs.css?inline';
import faceText from './face.css?inline';
import feedText from './feed.css?inline';
import toastText from './toast.css?inline';

/**
 * The slices of the design's style sheet. Custom properties reach into shadow roots, classes do not: each element takes
 * the slices that it draws with. One `CSSResult` each, so that all elements share one constructed sheet per slice.
 */
export const icon: CSSResult = unsafeCSS(iconText);
export const shell: CSSResult = unsafeCSS(shellText);
export const frame: CSSResult = unsafeCSS(frameText);
export const layout: CSSResult = unsafeCSS(layoutText);
export const button: CSSResult = unsafeCSS(buttonText);
export const status: CSSResult = unsafeCSS(statusText);
export const track: CSSResult = unsafeCSS(trackText);
export const note: CSSResult = unsafeCSS(noteText);
export const panel: CSSResult = unsafeCSS(panelText);
export const filters: CSSResult = unsafeCSS(filtersText);
export const table: CSSResult = unsafeCSS(tableText);
export const tile: CSSResult = unsafeCSS(tileText);
export const form: CSSResult = unsafeCSS(formText);
export const dialog: CSSResult = unsafeCSS(dialogText);
export const palette: CSSResult = unsafeCSS(paletteText);
export const code: CSSResult = unsafeCSS(codeText);
export const diff: CSSResult = unsafeCSS(diffText);
export const history: CSSResult = unsafeCSS(historyText);
export const screens: CSSResult = unsafeCSS(screensText);
export const logs: CSSResult = unsafeCSS(logsText);
export const face: CSSResult = unsafeCSS(faceText);
export const feed: CSSResult = unsafeCSS(feedText);
export const toast: CSSResult = unsafeCSS(toastText);

const reset: CSSResult = unsafeCSS(resetText);
const util: CSSResult = unsafeCSS(utilText);

/** What an element puts into `static styles`: the reset, its slices, and the helpers that win over them. */
export function sheets(...slices: CSSResult[]): CSSResult[] {
  return [reset, ...slices, util];
}
