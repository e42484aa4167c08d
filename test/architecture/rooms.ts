export interface Room {
  readonly name: string;
  readonly owns: RegExp;
  readonly level: number;
}

/** Rooms from top to bottom; a file may import from its own room and from rooms of a higher level. */
export const ROOMS: readonly Room[] = [
  { name: 'ui', owns: /^ui\//, level: 0 },
  { name: 'cli', owns: /^server\/cli\//, level: 1 },
  { name: 'http schemas', owns: /^server\/http\/schemas\//, level: 8 },
  { name: 'http', owns: /^server\/http\//, level: 2 },
  { name: 'services', owns: /^server\/services\//, level: 3 },
  { name: 'reconcile', owns: /^server\/reconcile\//, level: 4 },
  { name: 'git', owns: /^server\/git\//, level: 5 },
  { name: 'forge', owns: /^server\/forge\//, level: 5 },
  { name: 'cluster', owns: /^server\/cluster\//, level: 5 },
  { name: 'secrets', owns: /^server\/secrets\//, level: 5 },
  { name: 'vnc', owns: /^server\/vnc\//, level: 5 },
  { name: 'store', owns: /^server\/store\//, level: 6 },
  { name: 'lib', owns: /^server\/lib\//, level: 7 },
  { name: 'constructs', owns: /^constructs\/(?!schema\/)/, level: 9 },
  { name: 'schema', owns: /^constructs\/schema\//, level: 10 },
];

/** A divided room: a file may import from its own part and from parts of the same room with a lower level. */
export const SUBROOMS: readonly { readonly folder: string; readonly level: number }[] = [
  ...['desired', 'live', 'plan', 'apply', 'status'].map((name, level) => ({
    folder: `server/reconcile/${name}`,
    level,
  })),
  { folder: 'server/reconcile/loop', level: 5 },
  { folder: 'server/reconcile/once', level: 5 },
];

/** The rooms that may import a package of node_modules: the edge to one outside system is in one room. */
export const OWNERS: readonly { readonly name: string; readonly rooms: readonly string[] }[] = [
  ...['commands', 'lang-json', 'language', 'search', 'state', 'view'].map((part) => ({
    name: `@codemirror/${part}`,
    rooms: ['ui'],
  })),
  { name: '@fastify/static', rooms: ['http'] },
  { name: '@fastify/swagger', rooms: ['http'] },
  { name: '@fastify/type-provider-typebox', rooms: ['http'] },
  { name: '@kubernetes/client-node', rooms: ['cluster'] },
  { name: '@lezer/highlight', rooms: ['ui'] },
  { name: '@novnc/novnc', rooms: ['ui'] },
  { name: 'age-encryption', rooms: ['secrets'] },
  { name: 'better-sqlite3', rooms: ['store'] },
  { name: 'cdk8s', rooms: ['constructs'] },
  { name: 'cdk8s-plus-28', rooms: ['constructs'] },
  { name: 'chokidar', rooms: ['git'] },
  { name: 'commander', rooms: ['cli'] },
  { name: 'constructs', rooms: ['constructs'] },
  { name: 'diff', rooms: ['services', 'ui'] },
  { name: 'fastify', rooms: ['http'] },
  { name: 'lit', rooms: ['ui'] },
  { name: 'simple-git', rooms: ['git'] },
  { name: 'socks', rooms: ['cluster'] },
  { name: 'typebox', rooms: ['constructs', 'schema', 'http', 'http schemas', 'reconcile', 'secrets', 'store'] },
  { name: 'undici', rooms: ['cluster', 'forge'] },
  // Never in the server's process: what a build takes of memory would stay there.
  { name: 'vite', rooms: ['ui'] },
  { name: 'ws', rooms: ['cluster', 'lib', 'vnc'] },
  { name: 'yaml', rooms: ['constructs', 'schema', 'cluster', 'secrets', 'services'] },
];
