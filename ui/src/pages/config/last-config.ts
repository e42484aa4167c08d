import { html, type TemplateResult } from 'lit';
import type { Config, Instance } from '../../../../server/http/schemas/instance.ts';
import '../../elements/code.ts';
import { icon } from '../../elements/icon.ts';

/** Of a bot that is leaving: main has it no more, so its config is to look at. */
export function lastConfig({ display_name }: Instance, { config }: Config): TemplateResult {
  return html`<section class="panel" aria-labelledby="file">
    <header class="panel__head"><h2 id="file">clawdbot.json</h2></header>
    <div class="panel__body">
      <div class="note">
        ${icon('info')}
        <p>The bot is leaving: main has it no more, so its config can't be changed. This is what it had last.</p>
      </div>
    </div>
    <cw-code .text=${config} path="clawdbot.json" label="Last clawdbot.json of ${display_name}"></cw-code>
  </section>`;
}
