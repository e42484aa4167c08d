import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publishedSchemas } from '../../constructs/schema/published.ts';
import { recordsReference } from '../../constructs/schema/explain/reference.ts';

/** Writes what is made from the schema: docs/records.md and the JSON Schemas. A test says when it was forgotten. */
const root = resolve(import.meta.dirname, '../..');
writeFileSync(resolve(root, 'docs/records.md'), recordsReference());
for (const [file, text] of publishedSchemas()) writeFileSync(resolve(root, 'constructs/schema', file), text);
