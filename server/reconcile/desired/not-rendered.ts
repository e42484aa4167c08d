import { holdsText, manifestPath, type Folder } from '../../../constructs/repo/index.ts';

/** Why a unit is held whose dist/ is not what its record renders. */
export const notRendered = (difference: string): string =>
  `not rendered: ${difference}; run \`claworc synth\` and commit`;

/** `dist/bot-alpha/service-vnc.yaml is missing`. */
export function firstDifference(
  expected: ReadonlyMap<string, string>,
  unit: string,
  there: Folder,
): string | undefined {
  for (const [path, text] of expected) {
    const found = there.get(path.slice(manifestPath(unit, '').length));
    if (found === undefined) return `${path} is missing`;
    if (!holdsText(found, text)) return `${path} is not what the record renders`;
  }
  const extra = [...there.keys()].find((file) => !expected.has(manifestPath(unit, file)));
  return extra === undefined ? undefined : `${manifestPath(unit, extra)} is not rendered by anything`;
}
