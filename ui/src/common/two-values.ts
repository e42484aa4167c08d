import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { compareTexts } from '../data/words/compare.ts';
import { count } from '../data/words/format.ts';
import { valueWords } from '../data/words/proposal-words.ts';
import '../elements/diff.ts';

/** One of the values that a field may have. */
export interface ValueOption<Take extends string> {
  readonly take: Take;
  readonly value: unknown;
  /** Whose it is: `main now`. */
  readonly who: string;
}

export interface TwoValues<Take extends string> {
  /** Unique in its root. */
  readonly id: string;
  /** What it is about: `bot-alpha, resources.limits.memory`. */
  readonly legend: string;
  readonly options: readonly [ValueOption<Take>, ValueOption<Take>];
  readonly taken: Take | undefined;
  /** The value is a whole bot, and null that it goes. */
  readonly isWhole?: boolean;
  readonly choose: (take: Take) => void;
  /** What stands below the two. */
  readonly below?: unknown;
}

/** A field that has two values, and a choice between them; texts of many lines are shown as what differs. */
export function twoValues<Take extends string>(values: TwoValues<Take>): TemplateResult {
  const { id, legend, options, taken, isWhole = false, choose, below = nothing } = values;
  const [one, other] = options;
  const isText = isLong(one.value) || isLong(other.value);
  const words = (value: unknown): string => {
    if (isWhole) return value === null ? 'remove it' : 'keep it';
    return isText && typeof value === 'string'
      ? count(value.replace(/\n$/, '').split('\n').length, 'line')
      : valueWords(value);
  };
  const option = ({ take, value, who }: ValueOption<Take>): TemplateResult =>
    html`<label class="option"
      ><input type="radio" name=${id} .checked=${live(taken === take)} @change=${() => choose(take)} /><span
        class="strong"
        >${words(value)}</span
      ><span class="muted small">${who}</span></label
    >`;
  return html`<fieldset class="stack">
    <legend class="field__label">${legend}</legend>
    <div class="grid-2">${option(one)} ${option(other)}</div>
    ${isText ? differences(legend, one, other) : nothing} ${below}
  </fieldset>`;
}

function differences<Take extends string>(
  legend: string,
  one: ValueOption<Take>,
  other: ValueOption<Take>,
): TemplateResult {
  const text = ({ value }: ValueOption<Take>): string => (typeof value === 'string' ? value : '');
  const path = `${one.who} to ${other.who}`;
  return html`<cw-diff
    label=${`${legend}: ${path}`}
    .files=${[{ path, rows: compareTexts(text(one), text(other)) }]}
  ></cw-diff>`;
}

/** A text that says more than its line can. */
export function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}
