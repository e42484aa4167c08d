import { basename, dirname } from 'node:path';
import {
  codeOwnersLine,
  hasLine,
  type CodeOwnersFormat,
  type CodeOwnersLine,
} from '../../../constructs/repo/code-owners.ts';
import { FLEET_PATH } from '../../../constructs/repo/index.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { readPlainFile } from './plain-path.ts';

/** What `CODEOWNERS` has to say of the checkout in `folder`. Throws `invalid` for a claworc.yaml that can't be read. */
export function codeOwnersOf(folder: string, format: CodeOwnersFormat): CodeOwnersLine {
  const content = readPlainFile(folder, FLEET_PATH);
  if (content === null || typeof content === 'string') {
    const why = content ?? 'there is none';
    throw new ClaworcError('invalid', `${FLEET_PATH} of ${folder} can't be read: ${why}.`, { subject: FLEET_PATH });
  }
  const parsed = parseFleet(content, FLEET_PATH);
  if (!parsed.ok) {
    const words = parsed.problems[0]?.message ?? 'it is broken';
    throw new ClaworcError('invalid', `${FLEET_PATH} can't be read: ${words}.`, { subject: FLEET_PATH });
  }
  const { path } = locateFolder(folder);
  return codeOwnersLine(parsed.fleet, format, path === '' ? '' : `${path}/`);
}

/** Whether a file says it. Throws `invalid` for one that can't be read. */
export function saysOwners(file: string, line: string): boolean {
  const content = readPlainFile(dirname(file), basename(file));
  if (content === null) return false;
  if (typeof content === 'string') throw new ClaworcError('invalid', `${file} can't be read: ${content}.`);
  return hasLine(new TextDecoder().decode(content), line);
}
