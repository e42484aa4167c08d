import { isBuiltin } from 'node:module';
import ts from 'typescript';

/** The packages that code imports, statically or not, without Node's own and without the paths inside of a package. */
export function packageNames(files: readonly string[]): ReadonlySet<string> {
  const specifiers = files.flatMap((code) => ts.preProcessFile(code, true, true).importedFiles);
  const names = specifiers.map(({ fileName }) => fileName);
  return new Set(names.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map(packageOf));
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
