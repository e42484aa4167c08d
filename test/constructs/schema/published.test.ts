import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedSchemas } from '../../../constructs/schema/published.ts';
import { recordsReference } from '../../../constructs/schema/explain/reference.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

describe('what is made from the schema (node server/cli/make-docs.ts)', () => {
  it.each([...publishedSchemas()])('is up to date: constructs/schema/%s', (file, text) => {
    expect(read(`constructs/schema/${file}`)).toBe(text);
  });

  it('is up to date: docs/records.md', () => {
    expect(read('docs/records.md')).toBe(recordsReference());
  });
});

describe('a published schema', () => {
  it('tells an editor what a pattern means, and offers choices', () => {
    const [schema = ''] = [...publishedSchemas()].flatMap(([file, text]) => (file.startsWith('bot') ? [text] : []));
    const { properties } = JSON.parse(schema) as { properties: { spec: { properties: Record<string, unknown> } } };

    expect(properties.spec.properties.state).toMatchObject({ enum: ['running', 'stopped'] });
    expect(schema).toContain('"patternErrorMessage": "must be a Kubernetes quantity such as 500m, 2 or 4Gi"');
  });
});
