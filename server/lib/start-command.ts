/**
 * How a person starts the server, up to its options: through npm in a checkout, whose sources are TypeScript; by its own
 * name where the program was packed, as JavaScript.
 */
export const START_COMMAND = import.meta.filename.endsWith('.ts') ? 'npm start --' : 'claworc start';
