import { parseDocument } from 'yaml';
import { valueOf, type YamlDocument } from '../yaml/yaml-value.ts';

/** A text with what is needed to find its parts again; undefined where a reader refuses it. */
export function readYaml(text: string): YamlDocument | undefined {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
    logLevel: 'silent',
  }) as YamlDocument;
  return document.errors.length === 0 && valueOf(document).issues.length === 0 ? document : undefined;
}
