import { expectationOf } from './expectations.ts';
import { isObject } from './explain.ts';
import { DOCUMENTS } from './published.ts';

interface Field {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

const PLACES: Readonly<Record<string, string>> = {
  BotInstance: '`instances/<name>.yaml`, one for each bot',
  Fleet: '`claworc.yaml`, once',
  Tombstone: '`tombstones/<name>.yaml`, one for each bot that left',
};

const INTRODUCTION = `# Records

An instances repo holds documents of three kinds, all of \`apiVersion: claworc.dev/v1alpha1\`. This page is made from
the schema that checks them (\`node server/cli/make-docs.ts\`); editors get the same schema as JSON Schema, through a
first line such as \`# yaml-language-server: $schema=../constructs/schema/bot-instance.schema.json\`.

A file is UTF-8 with LF line ends, at most 64 KiB, and one YAML document without anchors, aliases or tags. Field names
are exact: an unknown field is an error, never ignored. Quantities are kept as they are typed and rendered in the form
that Kubernetes stores (\`2000m\` becomes \`2\`).
`;

/** docs/records.md: every field of every document, from the schema. */
export function recordsReference(): string {
  const sections = Object.entries(DOCUMENTS).map(([file, schema]) => {
    const { title = '', description = '' } = schema as { readonly title?: string; readonly description?: string };
    const rows = fieldsOf(schema, '').map(
      ({ path, type, isRequired, description: text }) =>
        `| \`${path}\` | ${type} | ${isRequired ? 'yes' : ''} | ${text.replaceAll('|', '\\|')} |`,
    );
    return [
      `## ${title}`,
      '',
      `${description} It lies in ${PLACES[title] ?? ''} ([JSON Schema](../constructs/schema/${file})).`,
      '',
      '| Field | Type | Required | Meaning |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function fieldsOf(schema: unknown, path: string): readonly Field[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, item]) => {
    const below = path === '' ? name : `${path}.${name}`;
    const description = isObject(item) && typeof item.description === 'string' ? item.description : '';
    return [
      { path: below, type: typeOf(item), isRequired: required.includes(name), description },
      ...fieldsOf(item, below),
    ];
  });
}

function typeOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of: ${typeOf(schema.items)}`;
  if (isObject(schema.patternProperties)) return 'map of texts';
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'integer') return rangeOf(schema);
  return typeof schema.pattern === 'string' ? expectationOf(schema.pattern) : 'text';
}

function rangeOf(schema: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum } = schema;
  if (typeof maximum !== 'number') return `whole number from ${String(minimum)}`;
  return `whole number from ${String(minimum)} to ${maximum}`;
}
