import type { Effect } from '../../http/schemas/effect.ts';
import type { Annotation } from '../annotations/annotation.ts';

/** Most notes of one effect: a runner shows ten of each step, and a page full of them tells nobody anything. */
const MOST = 50;

/** An effect as notes at the lines that cause it, problems first. */
export function effectAnnotations({ bots, problems }: Effect): readonly Annotation[] {
  const notes = bots.flatMap(({ name, words, fields }) => {
    const [field] = fields.filter(({ line }) => line !== null).concat(fields);
    if (field === undefined) return [];
    return [{ level: 'notice' as const, file: field.file, line: field.line, title: name, message: words.join(' ') }];
  });
  return [
    ...problems.map(({ file, line, message, severity }) => ({
      level: severity,
      file,
      line,
      title: 'claworc',
      message,
    })),
    ...notes.slice(0, MOST),
  ];
}
