/** What is read of the checkout's package.json. */
export interface ProjectManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export interface PackedManifest extends ProjectManifest {
  readonly type: 'module';
}

/**
 * The package.json of the packed program: it depends on what its code imports, and on nothing that only the dashboard's
 * build, the tests or a checkout need. Not private, so that a team can put it into its own registry.
 * Throws for an import that the checkout has as no dependency.
 */
export function packedManifest(project: ProjectManifest, imported: ReadonlySet<string>): PackedManifest {
  const missing = [...imported].filter((name) => project.dependencies[name] === undefined);
  if (missing.length > 0) throw new Error(`imported and no dependency in package.json: ${missing.join(', ')}`);
  const { name, version, description, license, engines, bin, dependencies } = project;
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines,
    bin,
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(([wanted]) => imported.has(wanted))),
  };
}
