import swagger from '@fastify/swagger';
import type { AppContext } from '../services/app-context.ts';
import type { App } from './app-type.ts';

type Node = Readonly<Record<string, unknown>>;

/** Carries the `$id` of a schema past the generator, which takes `$id`s away. */
const NAME = 'x-name';

/** Collects the OpenAPI document from the routes' own schemas; registered before any route. */
export async function installOpenApi(
  app: App,
  { version, basePath }: Pick<AppContext, 'version' | 'basePath'>,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      ...(basePath === '' ? {} : { servers: [{ url: basePath }] }),
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
    transform: ({ schema, url }) => ({ schema: nameSchemas(schema), url }),
    transformObject: (document) =>
      'openapiObject' in document ? hoistSchemas(document.openapiObject) : document.swaggerObject,
  });
}

function nameSchemas<T>(schema: T): T {
  return mapNodes(schema, ({ $id, ...rest }) => (typeof $id === 'string' ? { ...rest, [NAME]: $id } : rest)) as T;
}

/** Moves each named schema to `components.schemas` once and refers to it from where it stood. */
function hoistSchemas<Document extends object>(document: Document): Document {
  const schemas: Record<string, Node> = {};
  const hoisted = mapNodes(document, ({ [NAME]: name, ...rest }) => {
    if (typeof name !== 'string') return rest;
    schemas[name] = rest;
    return { $ref: `#/components/schemas/${name}` };
  }) as Document;
  return { ...hoisted, components: { schemas } };
}

/** A copy of a tree in which every object went through `change`, the inner ones first. */
function mapNodes(node: unknown, change: (node: Node) => Node): unknown {
  if (Array.isArray(node)) return node.map((item) => mapNodes(item, change));
  if (typeof node !== 'object' || node === null) return node;
  return change(Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapNodes(value, change)])));
}
