import { html, nothing, type TemplateResult } from 'lit';
import type { Wanted } from '../data/open-proposals.ts';
import { icon } from '../elements/icon.ts';

const SHOWN = 3;

/** In a row: the number of the newest proposal about the bot, and how many more there are. */
export function wantedMark(wanted: readonly Wanted[]): TemplateResult | typeof nothing {
  const [first] = wanted;
  if (first === undefined) return nothing;
  const { number, title, act } = first;
  const words = `Proposal #${number} wants to ${act} it: ${title}`;
  return html`<a class="badge" data-tone="ask" href="proposals/${number}" title=${words} aria-label=${words}
      >#${number}</a
    >${wanted.length > 1 ? html` <span>+${wanted.length - 1}</span>` : nothing}`;
}

/** On the page of a bot: what each open proposal wants of it. */
export function wantedNotes(wanted: readonly Wanted[]): TemplateResult | typeof nothing {
  if (wanted.length === 0) return nothing;
  const more = wanted.length - SHOWN;
  return html`<div class="note" data-tone="ask">
    ${icon('proposal')}
    <p>
      ${wanted
        .slice(0, SHOWN)
        .map(
          ({ number, title, act }) =>
            html`Proposal <a href="proposals/${number}">#${number} ${title}</a> wants to ${act} this bot. `,
        )}${more > 0 ? html`<a href="proposals">${more} more</a>` : nothing}
    </p>
  </div>`;
}
