import type { BotEffect, Effect } from '../../http/schemas/effect.ts';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import { sumChanges } from '../../reconcile/plan/effect/sum-changes.ts';
import { countBots } from './count-bots.ts';

/** An effect as lines for a terminal; manifests last. */
export function effectText(effect: Effect, prefix = ''): string {
  const { bots, problems, resources, unrendered } = effect;
  const lines = bots.flatMap((bot) => botLines(bot, prefix));
  for (const { severity, file, line, message } of problems) {
    lines.push(`${severity}: ${oneLine(`${prefix}${file}`)}${line === null ? '' : `:${line}`}: ${oneLine(message)}`);
  }
  if (unrendered.length > 0)
    lines.push(`dist/ is behind for ${unrendered.join(', ')}: run \`claworc synth\` and commit`);
  const wrong = problems.filter(({ severity }) => severity === 'error').length;
  const end = wrong === 0 ? '' : `; ${wrong} ${wrong === 1 ? 'error' : 'errors'}`;
  const counts = countBots(bots);
  if (counts === '') return [...lines, `diff: nothing changes${end}`].join('\n');
  const patches = bots.flatMap(({ objects }) => objects.map(({ patch }) => patch.trimEnd()));
  const sums = sumChanges(resources).map(({ what, before, after }) => `${what} ${before} → ${after}`);
  return [...lines, ...patches, `diff: ${[counts, ...sums].join('; ')}${end}`].join('\n');
}

function botLines({ name, action, words, fields }: BotEffect, prefix: string): string[] {
  return [
    `${name}  ${action}`,
    ...words.map((each) => `  ${oneLine(each)}`),
    ...fields.map(
      ({ field, before, after, file, line }) =>
        `    ${oneLine(`${field}: ${before ?? 'unset'} → ${after ?? 'unset'}`)}  (${oneLine(`${prefix}${file}`)}${line === null ? '' : `:${line}`})`,
    ),
  ];
}
