import swagger from '@fastify/swagger';
import type { App } from './app.ts';

type Node = Record<string, unknown>;

/** Collects the OpenAPI document from the routes' own schemas; registered before any route. */
export async function installOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Claworc',
        version,
        description:
          'Records of OpenClaw bots, their commits and their live state. Every write is a commit; it answers when the commit exists, ' +
          'or after 5 s with 202 and `sync: draft`.',
      },
    },
    // Only routes that say what they are belong to the API; pages and files of the dashboard do not.
    hideUntagged: true,
    transformObject: (document) =>
      'openapiObject' in document ? hoistSchemas(document.openapiObject) : document.swaggerObject,
  });
}

/** Moves each schema with an `$id` to `components.schemas` once and refers to it from where it stood. */
function hoistSchemas<Document extends object>(document: Document): Document {
  const schemas: Node = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const { $id, ...rest } = node as Node;
    const visited = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, visit(value)]));
    if (typeof $id !== 'string') return visited;
    schemas[$id] = visited;
    return { $ref: `#/components/schemas/${$id}` };
  };
  const visited = visit(document) as Document & { components?: { schemas?: Node } };
  return { ...visited, components: { ...visited.components, schemas: { ...visited.components?.schemas, ...schemas } } };
}
