#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on whatever Node the shell finds, and hands over to one that can run TypeScript.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { handOver } from './hand-over.js';

const WANTED = 24;
const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const entry = fileURLToPath(new URL('../server/cli/main.ts', import.meta.url));
const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= WANTED) {
  const { main } = await import('../server/cli/main.ts');
  await main(process.argv.slice(2));
} else if (existsSync(own)) {
  handOver(own, [...process.execArgv, entry, ...process.argv.slice(2)]);
} else {
  console.error(
    `claworc: needs Node ${WANTED} or newer and this is ${process.version}; run "npm ci" in the checkout, which brings one along`,
  );
  process.exit(1);
}
