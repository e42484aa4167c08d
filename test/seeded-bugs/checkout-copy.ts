import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import { withBug, type SeededBug } from './seeded-bug.ts';

/** The checkout as it is, uncommitted files too, in a folder of its own in which bugs are put. */
export interface CheckoutCopy extends Disposable {
  readonly folder: string;
  /** Puts a bug in until it is disposed of. Throws for text that is not there once, and for what then is no program any more. */
  seed(bug: SeededBug): Disposable;
}

export function copyCheckout(root: string): CheckoutCopy {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-seeded-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((each) => each !== '' && existsSync(join(root, each)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    seed: (bug) => {
      const path = join(folder, bug.file);
      const text = readFileSync(path, 'utf8');
      const wrong = withBug(bug, text);
      // A test that can't even be loaded fails too, and would prove nothing.
      stripTypeScriptTypes(wrong);
      writeFileSync(path, wrong);
      return { [Symbol.dispose]: () => writeFileSync(path, text) };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
