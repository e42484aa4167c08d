import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { BotEffect, Effect } from '../../http/schemas/effect.ts';
import { sumChanges } from '../../reconcile/plan/effect/sum-changes.ts';
import { countBots } from './count-bots.ts';

/** What a comment of ours begins with, so that it is found again and updated. */
export const COMMENT_MARK = '<!-- claworc diff -->';

/** A comment of GitHub holds 65,536 characters, of GitLab and Gitea more. */
const MOST = 60_000;
const MOST_PROBLEMS = 50;
const MOST_IN_TABLE = 100;

/**
 * An effect as a comment. What doesn't fit is left out by whole bots, with their number. Nothing that others wrote is
 * markup in it: no link, no mention, no HTML, no character that turns the direction of text.
 */
export function effectMarkdown(effect: Effect, { most = MOST, prefix = '' } = {}): string {
  const { bots } = effect;
  const counts = countBots(bots);
  const head = [
    COMMENT_MARK,
    `### ${counts === '' ? 'Nothing changes for any bot' : counts.charAt(0).toUpperCase() + counts.slice(1)}`,
    `From ${commit(effect.base)} to ${commit(effect.head)}.`,
    ...problemLines(effect, prefix),
    ...unrenderedLines(effect),
    ...sumLines(effect),
  ];
  const sections = bots.map((bot) => ({ bot, text: section(bot, prefix) }));
  const parts = [head.join('\n\n')];
  let room = most - (parts[0]?.length ?? 0) - 300;
  const left: BotEffect[] = [];
  for (const { bot, text } of sections) {
    const brief = summary(bot);
    const fits = [text, brief].find((each) => each.length + 2 <= room);
    if (left.length > 0 || fits === undefined) {
      left.push(bot);
      continue;
    }
    parts.push(fits);
    room -= fits.length + 2;
  }
  if (left.length > 0) {
    parts.push(
      `${left.length} more ${left.length === 1 ? 'bot is' : 'bots are'} left out here, as they don't fit: ${countBots(left)}. \`claworc diff\` shows all.`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function commit(id: string | null): string {
  return id === null ? 'nothing' : /^[0-9a-f]{40,64}$/.test(id) ? `<code>${id.slice(0, 12)}</code>` : escaped(id);
}

function problemLines({ problems }: Effect, prefix: string): string[] {
  if (problems.length === 0) return [];
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ severity, file, line, message }) =>
        `- ${severity === 'error' ? '**Error**' : 'Warning'} in ${code(`${prefix}${file}${line === null ? '' : `:${line}`}`)}: ${escaped(cut(message))}`,
    );
  const more = problems.length - lines.length;
  return [[...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

function unrenderedLines({ unrendered }: Effect): string[] {
  if (unrendered.length === 0) return [];
  const shown = unrendered.slice(0, 20).map(code).join(', ');
  const more = unrendered.length > 20 ? ` and ${unrendered.length - 20} more` : '';
  return [
    `<code>dist/</code> is behind for ${shown}${more}: what is shown is their rendering. Run \`claworc synth\` and commit what it writes; until then these bots are held.`,
  ];
}

function sumLines({ resources }: Effect): string[] {
  const rows = sumChanges(resources).map(({ what, before, after }) => `| ${what} | ${before} | ${after} |`);
  return rows.length === 0 ? [] : [['| All bots | before | after |', '|---|---|---|', ...rows].join('\n')];
}

function summary({ name, words, action }: BotEffect): string {
  return `**${escaped(name)}**: ${words.length === 0 ? action : words.map((each) => escaped(cut(each))).join(' ')}`;
}

function section(bot: BotEffect, prefix: string): string {
  const fields = bot.fields.slice(0, MOST_IN_TABLE).map(({ field, before, after, file, line }) => {
    const where = code(`${prefix}${file}${line === null ? '' : `:${line}`}`);
    return `| ${code(field)} | ${value(before)} | ${value(after)} | ${where} |`;
  });
  const more = bot.fields.length - fields.length;
  const table = fields.length === 0 ? [] : ['| field | before | after | where |', '|---|---|---|---|', ...fields];
  const patches = bot.objects.map(({ patch }) => patch.trimEnd().split('\n').map(oneLine).join('\n'));
  const fence = '`'.repeat(
    Math.max(3, ...patches.flatMap((patch) => (patch.match(/`+/g) ?? []).map((run) => run.length + 1))),
  );
  const manifests =
    patches.length === 0
      ? []
      : [
          `<details><summary>${patches.length} ${patches.length === 1 ? 'object' : 'objects'}</summary>\n\n${fence}diff\n${patches.join('\n')}\n${fence}\n\n</details>`,
        ];
  return [
    summary(bot),
    ...(table.length === 0 ? [] : [table.join('\n')]),
    ...(more > 0 ? [`and ${more} more fields`] : []),
    ...manifests,
  ].join('\n\n');
}

const value = (text: string | null): string => (text === null ? 'unset' : code(text));
const code = (text: string): string => `<code>${escaped(cut(text))}</code>`;
const cut = (text: string): string => (text.length <= 400 ? text : `${text.slice(0, 400)}…`);

/** Text that stays text: what Markdown, HTML and a forge's own links would take for theirs is written as an entity. */
function escaped(text: string): string {
  return (
    oneLine(text)
      .replaceAll('\t', ' ')
      .replace(/[^\p{L}\p{N} .,;:'’…→/=+?%-]/gu, (each) => `&#${each.codePointAt(0) ?? 0};`)
      .replace(/:(?=\/\/)|(?<=www)\./gi, (each) => `&#${each.charCodeAt(0)};<!-- -->`)
      // Mentions and references: @ # ! ~ $ & ^ and % of GitLab, with a name in quotes too; GH-1 of GitHub.
      .replace(/(?:&#(?:33|35|36|38|64|94|126);|%)(?=[\p{L}\p{N}]|&#(?:34|95);)|\bGH-(?=\d)/giu, '$&<!-- -->')
  );
}
