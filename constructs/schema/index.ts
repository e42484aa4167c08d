export * from './bot-instance.ts';
export * from './common.ts';
export * from './fleet.ts';
export * from './names.ts';
export * from './problem.ts';
export * from './quantity.ts';
export * from './tombstone.ts';
