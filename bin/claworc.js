#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on whatever Node the shell finds, and hands over to one that can run TypeScript.
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { fileURLToPath } from 'node:url';
import { handOver } from './hand-over.js';

const WANTED = 24;
const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const cache = fileURLToPath(new URL('../node_modules/.cache/claworc', import.meta.url));
const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= WANTED) {
  // From the second start on no TypeScript is stripped, and the 15 MB that Node's stripper takes are never asked for. Where
  // the folder can't be written, it all goes on as the first time.
  modules.enableCompileCache(cache);
  const { main } = await import('../server/cli/main.ts');
  await main(process.argv.slice(2));
} else if (existsSync(own)) {
  handOver(own, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else {
  const isCheckout = existsSync(new URL('../package-lock.json', import.meta.url));
  const help = isCheckout ? 'run "npm ci" in the checkout, which brings one along' : 'install a newer one';
  console.error(`claworc: needs Node ${WANTED} or newer and this is ${process.version}; ${help}`);
  process.exit(1);
}
