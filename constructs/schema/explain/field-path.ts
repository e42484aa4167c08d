/** A step into a document: the name of a field, or the index of an element. */
export type Step = string | number;

/**
 * A path as it is shown and taken everywhere: `spec.env.PATH`, `spec.recipients[1]`, `metadata.annotations["a.b/c"]`. A name
 * that is more than letters, digits, `_` and `-` is quoted as in JSON.
 */
export function fieldOf(path: readonly Step[]): string {
  let field = '';
  for (const step of path) {
    if (typeof step === 'number') field += `[${step}]`;
    else if (BARE.test(step)) field += field === '' ? step : `.${step}`;
    else field += `[${JSON.stringify(step)}]`;
  }
  return field;
}

const BARE = /^[\w-]+$/;
/** One step: a bare name, with its dot unless it is the first, an index, or a name in JSON's quotes. */
const STEP = /(\.?)([\w-]+)|\[(?:(0|[1-9]\d{0,14})|("(?:[^"\\]|\\.)*"))\]/y;

/** The way back of `fieldOf`; undefined for a text that is no path. */
export function stepsOf(field: string): readonly Step[] | undefined {
  const path: Step[] = [];
  for (let at = 0; at < field.length;) {
    STEP.lastIndex = at;
    const [whole = '', dot, bare, index, quoted] = STEP.exec(field) ?? [];
    if (whole === '' || (bare !== undefined && (dot === '') !== (at === 0))) return undefined;
    const step = bare ?? (index === undefined ? unquoted(quoted ?? '') : Number(index));
    if (step === undefined) return undefined;
    path.push(step);
    at += whole.length;
  }
  return path;
}

/** Whether a field is `start` or lies below it. */
export function isWithin(field: string, start: string): boolean {
  const next = field.charAt(start.length);
  return field.startsWith(start) && (start === '' || next === '' || next === '.' || next === '[');
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
