import { watchLifetime } from '../../../server/cli/lifetime.ts';

// What a server is to its process: it goes on until it is told to end.
const { signal } = watchLifetime({ process, say: (line) => console.error(line) });
const serving = setInterval(() => undefined, 60_000);
signal.addEventListener('abort', () => clearInterval(serving));
console.log('serving');
