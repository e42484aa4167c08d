import {
  Document,
  Scalar,
  visit,
  type CreateNodeOptions,
  type DocumentOptions,
  type SchemaOptions,
  type ToStringOptions,
} from 'yaml';

export type YamlOptions = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;

/** Blanks and line ends alone. */
const BLANK_LINES = /^\s*\n\s*$/;

/** A document as the `yaml` library writes it, apart from texts that it would write as other texts. */
export function documentText(document: Document, style: ToStringOptions): string {
  visit(document, {
    Scalar: (_, node) => {
      // As a block, nothing would tell the spaces of such a text from its indentation.
      if (typeof node.value === 'string' && BLANK_LINES.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // Broken at its line ends, a quoted text with a carriage return before a line that starts with a space would change.
  return document.toString({ ...style, lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

export function libraryYaml(value: object, options: YamlOptions): string {
  return documentText(new Document(value, options), options);
}
