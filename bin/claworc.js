#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on whatever Node the shell finds, and hands over to one that can run TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const entry = fileURLToPath(new URL('../server/cli/main.ts', import.meta.url));
const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= WANTED) {
  const { main } = await import('../server/cli/main.ts');
  await main(process.argv.slice(2));
} else if (existsSync(own)) {
  handOver(own);
} else {
  console.error(
    `claworc: needs Node ${WANTED} or newer and this is ${process.version}; run "npm ci" in the checkout, which brings one along`,
  );
  process.exit(1);
}

/** @param {string} node */
function handOver(node) {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl+C to the whole group; a service manager signals only this process, so it is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
