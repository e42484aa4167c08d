import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { Annotation } from './annotation.ts';

/** Workflow commands of GitHub Actions, which Gitea and Forgejo Actions know too: one line each. */
export function githubCommands(annotations: readonly Annotation[], prefix = ''): readonly string[] {
  return annotations.map(({ level, file, line, column, title, message }) => {
    const place = [
      `file=${property(`${prefix}${file}`)}`,
      ...(line === null ? [] : [`line=${line}`]),
      ...(line === null || column === undefined ? [] : [`col=${column}`]),
      `title=${property(title)}`,
    ];
    return `::${level} ${place.join(',')}::${data(message)}`;
  });
}

/** By the rules of the runner (actions/toolkit `command.ts`). */
const data = (text: string): string =>
  oneLine(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
