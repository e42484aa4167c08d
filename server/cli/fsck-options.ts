import { Option } from 'commander';

export const fsckOptions = (): readonly Option[] => [
  new Option('--repair', 'show what can be put right; with --yes, do it').default(false),
  new Option('--yes', 'carry out what --repair shows; no volume is ever deleted').default(false),
  new Option(
    '--remove <bot...>',
    'bots that live and that the commit does not name: a repair removes them, and keeps their volumes',
  ).default([]),
];
