import { RangeSet, StateField, type EditorState, type Extension, type Range } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  GutterMarker,
  gutterLineClass,
  MatchDecorator,
  ViewPlugin,
  WidgetType,
  type DecorationSet,
} from '@codemirror/view';
import { checkJson, type JsonProblem } from '../data/forms/json-check.ts';

/** The sentence under the line of an error; told to screen readers as it appears. */
class DiagnosisWidget extends WidgetType {
  readonly #problem: JsonProblem;

  constructor(problem: JsonProblem) {
    super();
    this.#problem = problem;
  }

  override eq(other: DiagnosisWidget): boolean {
    return other.#problem.message === this.#problem.message && other.#problem.offset === this.#problem.offset;
  }

  override toDOM(): HTMLElement {
    const { line, column, message } = this.#problem;
    // The editor measures boxes without their margins: the room around the note is padding of a box around it.
    const room = document.createElement('div');
    room.className = 'cm-diagnosis-room';
    const box = document.createElement('div');
    box.className = 'cm-diagnosis';
    box.setAttribute('role', 'alert');
    const place = document.createElement('strong');
    place.textContent = `Line ${line}, column ${column}: `;
    box.append(place, message);
    room.append(box);
    return room;
  }
}

interface Diagnosis {
  readonly problem: JsonProblem | null;
  readonly decorations: DecorationSet;
}

function diagnose(state: EditorState): Diagnosis {
  const problem = checkJson(state.doc.toString());
  if (problem === null) return { problem, decorations: Decoration.none };
  const line = state.doc.lineAt(Math.min(problem.offset, state.doc.length));
  const to = Math.min(problem.offset + problem.length, line.to);
  const ranges: Range<Decoration>[] = [Decoration.line({ class: 'cm-bad-line' }).range(line.from)];
  if (to > problem.offset) ranges.push(Decoration.mark({ class: 'cm-wave' }).range(problem.offset, to));
  ranges.push(Decoration.widget({ widget: new DiagnosisWidget(problem), block: true, side: 1 }).range(line.to));
  return { problem, decorations: Decoration.set(ranges, true) };
}

class BadGutter extends GutterMarker {
  override elementClass = 'cm-bad-line';
}
const badGutter = new BadGutter();

/** What is wrong with the text of an editor now. */
export const diagnosis = StateField.define<Diagnosis>({
  create: diagnose,
  update: (value, transaction) => (transaction.docChanged ? diagnose(transaction.state) : value),
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.decorations),
    gutterLineClass.compute([field], (state) => {
      const { problem } = state.field(field);
      if (problem === null) return RangeSet.of<GutterMarker>([]);
      return RangeSet.of([badGutter.range(state.doc.lineAt(Math.min(problem.offset, state.doc.length)).from)]);
    }),
  ],
});

const variables = new MatchDecorator({
  regexp: /\$\{[A-Z][A-Z0-9_]*\}/g,
  decoration: Decoration.mark({ class: 'cm-variable-of-bot' }),
});

/** Marks `${NAME}`, which the bot fills in at run time. */
export const runTimeVariables: Extension = ViewPlugin.define(
  (view) => ({
    decorations: variables.createDeco(view),
    update(update) {
      this.decorations = variables.updateDeco(update, this.decorations);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);
