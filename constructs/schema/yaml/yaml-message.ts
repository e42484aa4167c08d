import type { YAMLError } from 'yaml';

/** What the parser found, in words for somebody who does not know its grammar. */
const MESSAGES: Partial<Record<YAMLError['code'], string>> = {
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping starts in the middle of a line; put it on its own line, indented',
  MISSING_CHAR: 'a quote, bracket or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a field name must stand on one line and end with a colon',
  TAB_AS_INDENT: 'a tab is used for indentation; YAML wants spaces',
  UNEXPECTED_TOKEN: 'this does not belong here',
  BAD_SCALAR_START: 'a text cannot start with this character; put it in quotes',
  BAD_DQ_ESCAPE: 'there is no such escape in double quotes',
  BAD_ALIAS: 'an alias is not read',
};

/** The parser's own messages are not passed on: some quote the text, which may be a key. */
export function yamlMessage(error: YAMLError): string {
  if (error.message.includes('call stack')) return 'is nested too deeply';
  if (error.message.startsWith('Flow')) return 'is not YAML: a bracket that was opened is not closed';
  return `is not YAML: ${MESSAGES[error.code] ?? 'it cannot be read from here on'}`;
}
