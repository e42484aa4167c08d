import { Option } from 'commander';

const each = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** How fields that main and a proposal both changed are settled; each may be given more than once. */
export const conflictOptions = () => [
  new Option('--mine <field>', 'where main changed the same field, the value of the proposal holds')
    .argParser(each)
    .default([], 'none'),
  new Option('--theirs <field>', 'where main changed the same field, the value of main holds')
    .argParser(each)
    .default([], 'none'),
  new Option('--set <field=value>', 'where main changed the same field, another value holds')
    .argParser(each)
    .default([], 'none'),
];
