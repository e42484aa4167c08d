/** `key`, `string`, `number` and `variable` are coloured, the rest is text. Names are the classes of the design. */
export type Kind = '' | 'k' | 's' | 'n' | 'c' | 'v';

export interface Piece {
  readonly kind: Kind;
  readonly text: string;
}

const YAML_KEY = /^(\s*(?:- )*)((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"{[&*!|>%@`-][^:#]*?|-[^\s:][^:]*?))(:)(?=\s|$)/;
const NUMBER = /^-?\d+(\.\d+)?([a-zA-Z]{1,2})?$/;

/** One line of YAML as our renderer writes it: keys, strings in quotes, numbers and quantities, comments. */
export function yamlPieces(line: string): readonly Piece[] {
  if (/^\s*#/.test(line)) return [{ kind: 'c', text: line }];
  const match = YAML_KEY.exec(line);
  if (match === null) {
    const item = /^(\s*(?:- )+)(.*)$/.exec(line);
    return item === null
      ? [{ kind: '', text: line }]
      : [{ kind: '', text: item[1] ?? '' }, ...valuePieces(item[2] ?? '')];
  }
  const [whole, indent = '', key = '', colon = ''] = match;
  const rest = line.slice(whole.length);
  return [{ kind: '', text: indent }, { kind: 'k', text: key }, { kind: '', text: colon }, ...valuePieces(rest)];
}

function valuePieces(text: string): readonly Piece[] {
  const value = text.trim();
  if (value === '') return text === '' ? [] : [{ kind: '', text }];
  if (NUMBER.test(value) || value === 'true' || value === 'false' || value === 'null') return [{ kind: 'n', text }];
  if (/^["']/.test(value)) return [{ kind: 's', text }];
  return [{ kind: '', text }];
}

const JSON_TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b)/g;

/** One line of JSON; `${NAME}` inside a string is a variable of the bot. */
export function jsonPieces(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(JSON_TOKEN)) {
    if (match.index > end) pieces.push({ kind: '', text: line.slice(end, match.index) });
    const [whole, string, colon, literal] = match;
    if (literal !== undefined) pieces.push({ kind: 'n', text: literal });
    else if (colon !== undefined) pieces.push({ kind: 'k', text: string ?? '' }, { kind: '', text: colon });
    else pieces.push(...variablePieces(string ?? ''));
    end = match.index + whole.length;
  }
  if (end < line.length) pieces.push({ kind: '', text: line.slice(end) });
  return pieces;
}

function variablePieces(text: string): readonly Piece[] {
  return text
    .split(/(\$\{[A-Z][A-Z0-9_]*\})/)
    .filter((part) => part !== '')
    .map((part) => ({ kind: part.startsWith('${') ? 'v' : 's', text: part }));
}

const BLOCK_SCALAR = /^(\s*)(?:- )*(?:([^\s:][^:]*):\s+)?[|>][+-]?\d?\s*$/;

/** Colours the lines of one YAML text in their order: the text of a block scalar is no YAML, and may be JSON. */
function yamlPainter(): (line: string) => readonly Piece[] {
  let inner: { readonly indent: number; readonly paint: (line: string) => readonly Piece[] } | null = null;
  return (line) => {
    const indent = line.length - line.trimStart().length;
    if (inner !== null && (line.trim() === '' || indent > inner.indent)) return inner.paint(line);
    const scalar = BLOCK_SCALAR.exec(line);
    const paint = scalar?.[2]?.endsWith('.json') === true || scalar?.[2] === 'config' ? jsonPieces : plainPieces;
    inner = scalar === null ? null : { indent, paint };
    return yamlPieces(line);
  };
}

const plainPieces = (line: string): readonly Piece[] => [{ kind: '', text: line }];

/** Colours the lines of one text, which have to come in their order, by the name of its file. */
export function painterFor(path: string): (line: string) => readonly Piece[] {
  if (path.endsWith('.json')) return jsonPieces;
  return /\.ya?ml$/.test(path) ? yamlPainter() : plainPieces;
}

/** `${NAME}` that a config says, each once, in the order in which they come. */
export function variablesIn(config: string): readonly string[] {
  return [...new Set([...config.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map((match) => match[1] ?? ''))];
}
