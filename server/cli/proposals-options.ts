import { InvalidArgumentError, Option } from 'commander';
import { conflictOptions } from './conflict-options.ts';

export const proposalsOptions = () => [
  new Option('--server <url>', 'where the dashboard is')
    .env('CLAWORC_SERVER')
    .argParser(parseServer)
    .default(new URL('http://127.0.0.1:8080/'), 'http://127.0.0.1:8080'),
  new Option('--update', 'bring it up to main as it is now, settling what both changed').default(false),
  ...conflictOptions(),
  new Option('--merge', 'put it on main').default(false),
  new Option('--close', 'close it; its branch stays, and its edits as drafts').default(false),
  new Option('--discard-edits', 'with --close: give up its edits too').default(false),
  new Option('--reopen', 'open a closed one again').default(false),
  new Option('--take-key-out <unit:key>', 'have an API key in it as on main again, or not at all where main has none'),
];

function parseServer(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  // Without the text: a password may be in it.
  if (!isPlain)
    throw new InvalidArgumentError('A server has an address that begins with http:// and holds no password.');
  return url;
}
