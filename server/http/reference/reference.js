/* global document, fetch, location */
// Draws /api/v1/openapi.json. Text is set as text only, never as HTML.
const METHODS = ['get', 'post', 'put', 'delete'];

/** An element with children; a string child is text. */
function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function typeWords(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeWords).join(' | ');
  if (schema.type === 'array') return `list of ${typeWords(schema.items ?? {})}`;
  return schema.format ?? schema.type ?? 'anything';
}

function resolve(schema, api) {
  if (!schema?.$ref) return schema ?? {};
  return api.components.schemas[schema.$ref.split('/').at(-1)] ?? {};
}

function fieldRows(schema, api) {
  const object = resolve(schema.type === 'array' ? schema.items : schema, api);
  const required = new Set(object.required ?? []);
  return Object.entries(object.properties ?? {}).map(([name, field]) =>
    row(name, required.has(name) ? 'required' : '', field),
  );
}

function row(name, note, schema) {
  const what = element('span', { class: 'quiet' }, [note, schema.description].filter(Boolean).join('. '));
  return element(
    'tr',
    {},
    element('td', {}, element('code', {}, name)),
    element('td', {}, element('code', {}, typeWords(schema)), ' ', what),
  );
}

function section(title, schema, api) {
  if (!schema) return [];
  const rows = fieldRows(schema, api);
  const heading = element('h4', {}, title, ' ', element('code', {}, typeWords(schema)));
  return rows.length === 0 ? [heading] : [heading, element('table', {}, element('tbody', {}, ...rows))];
}

function schemaOf(part) {
  return Object.values(part?.content ?? {})[0]?.schema;
}

function operationArticle(path, method, operation, api) {
  const parameters = (operation.parameters ?? []).map((each) =>
    row(each.name, `in ${each.in}`, { ...each.schema, description: each.description ?? each.schema?.description }),
  );
  const answers = Object.entries(operation.responses ?? {}).flatMap(([status, answer]) =>
    status.startsWith('2') ? section(`Answer ${status}`, schemaOf(answer) ?? {}, api) : [],
  );
  return element(
    'article',
    { id: operation.operationId },
    element('h3', {}, `${method.toUpperCase()} ${path}`),
    element('div', {}, operation.summary ?? ''),
    element('div', { class: 'quiet' }, operation.description ?? ''),
    ...(parameters.length === 0
      ? []
      : [element('h4', {}, 'Parameters'), element('table', {}, element('tbody', {}, ...parameters))]),
    ...section('Body', schemaOf(operation.requestBody), api),
    ...answers,
  );
}

function draw(api) {
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const method of METHODS) {
      const operation = methods[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? 'other';
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  }
  document.getElementById('about').textContent = `${api.info.description} Version ${api.info.version}.`;
  for (const [tag, operations] of groups) {
    const links = operations.map(({ path, method, operation }) =>
      element('li', {}, element('a', { href: `#${operation.operationId}` }, `${method.toUpperCase()} ${path}`)),
    );
    document.getElementById('contents').append(element('ul', {}, ...links));
    document
      .getElementById('operations')
      .append(
        element('h2', {}, tag),
        ...operations.map(({ path, method, operation }) => operationArticle(path, method, operation, api)),
      );
  }
}

try {
  draw(await (await fetch('api/v1/openapi.json')).json());
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch (error) {
  document.getElementById('about').textContent = `The description could not be read: ${error.message}`;
}
