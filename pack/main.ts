import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packProgram } from './pack-program.ts';

/** `npm run pack:cli -- [--to FOLDER]`: the whole program as one file that npm and npx install, see docs/running.md. */
const { values } = parseArgs({ options: { to: { type: 'string', default: '.' } } });
const root = resolve(import.meta.dirname, '..');
const file = await packProgram({ root, to: resolve(values.to), env: process.env, say: (line) => console.error(line) });
const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
console.error(`${(statSync(file).size / 1024 / 1024).toFixed(1)} MiB, sha256 ${digest}`);
console.log(file);
