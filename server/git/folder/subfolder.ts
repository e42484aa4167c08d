import { ClaworcError } from '../../lib/errors.ts';

const STEP = /^(?!\.\.?$)(?!\.git$)(?![-:])[^\p{C}\\]+$/iu;

/** A folder inside a repository as a prefix of paths (`fleets/eu/`), empty for the top. Throws `usage` for any other text. */
export function prefixOf(path = ''): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (path.startsWith('/') || !steps.every((step) => STEP.test(step))) {
    const message = `${JSON.stringify(path)} is no folder inside a repository: name it from the top, as in fleets/eu.`;
    throw new ClaworcError('usage', message, { field: 'path' });
  }
  return steps.map((step) => `${step}/`).join('');
}

/** What limits a command to the folder. */
export function within(prefix: string): string[] {
  return prefix === '' ? [] : [`:(literal)${prefix}`];
}

/** Makes paths of a comparison those of the folder. */
export function relative(prefix: string): string[] {
  return prefix === '' ? [] : [`--relative=${prefix}`];
}
