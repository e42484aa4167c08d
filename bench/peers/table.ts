import { median } from '../measurement.ts';
import type { Pass } from './pass.ts';

/** The passes as a table of Markdown, medians of their rounds; requests are those of the last round. */
export function tableOf(passes: readonly Pass[]): string {
  const groups = Map.groupBy(passes, ({ size, step, applier }) => `${size}|${step}|${applier}`);
  const rows = [...groups.values()].flatMap((rounds) => {
    const last = rounds.at(-1);
    if (last === undefined) return [];
    const { size, step, applier, requests } = last;
    const of = (figure: 'wall' | 'cpu' | 'peak', digits: number): string => {
      const value = median(rounds.map((pass) => pass[figure] ?? Number.NaN));
      return Number.isNaN(value) ? '-' : value.toFixed(digits);
    };
    return `| ${size} | ${step} | ${applier} | ${of('wall', 2)} | ${of('cpu', 2)} | ${of('peak', 0)} | ${requests} |`;
  });
  return [
    '| bots | step | applier | clock s | CPU s | peak MB | requests |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
