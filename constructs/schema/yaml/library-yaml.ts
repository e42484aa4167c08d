import {
  Document,
  Scalar,
  visit,
  type CreateNodeOptions,
  type DocumentOptions,
  type SchemaOptions,
  type Tags,
  type ToStringOptions,
} from 'yaml';

export type YamlOptions = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;

/** Blanks and line ends alone. */
const BLANK_LINES = /^\s*\n\s*$/;

/** YAML 1.1 has types for the first two, and readers of it refuse a tab in a text without quotes. */
const UNLIKE = /^(=|<<|[^\n]*\t[^\n]*)$/;

/** A document as the `yaml` library writes it, apart from texts that it would write as other texts. */
export function documentText(document: Document, style: ToStringOptions, quotesUnlike = true): string {
  visit(document, {
    Scalar: (_, node) => {
      // As a block, nothing would tell the spaces of such a text from its indentation.
      if (typeof node.value !== 'string') return;
      const isUnlike = quotesUnlike && UNLIKE.test(node.value) && node.type !== Scalar.QUOTE_SINGLE;
      if (BLANK_LINES.test(node.value) || isUnlike) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // Broken at its line ends, a quoted text with a carriage return before a line that starts with a space would change.
  return document.toString({ ...style, lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

/** With the merge tag of YAML 1.1 the library would write the text `<<` as a merge key. */
const withoutMerge = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');

export function libraryYaml(value: object, options: YamlOptions, quotesUnlike = true): string {
  const settings = quotesUnlike ? { ...options, customTags: withoutMerge } : options;
  return documentText(new Document(value, settings), options, quotesUnlike);
}
