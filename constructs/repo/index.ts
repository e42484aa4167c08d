export * from './keys.ts';
export * from './paths.ts';
export * from './read-repo.ts';
export * from './render-unit.ts';
export * from './rendered-file.ts';
export * from './repo.ts';
export * from './synth-repo.ts';
export * from './verify-repo.ts';
