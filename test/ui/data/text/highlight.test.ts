import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces, painterFor, variablesIn, yamlPieces, type Piece } from '../../../../ui/src/data/text/highlight.ts';

const short = (pieces: readonly Piece[]): string =>
  pieces.map(({ kind, text }) => (kind === '' ? text : `<${kind}:${text}>`)).join('');

test('no text is lost or added by colours', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      for (const paint of [jsonPieces, yamlPieces, painterFor('x.yaml'), painterFor('x.json')]) {
        expect(
          paint(line)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(line);
      }
    }),
  );
});

test('keys, numbers, strings and variables have their colours', () => {
  expect(short(yamlPieces('  memory: 4Gi'))).toBe('  <k:memory>:<n: 4Gi>');
  expect(short(yamlPieces('    - name: moltbot'))).toBe('    - <k:name>: moltbot');
  expect(short(yamlPieces('image: moltbot:2026.11'))).toBe('<k:image>: moltbot:2026.11');
  expect(short(jsonPieces('  "key": "${API_KEY}", 5'))).toBe('  <k:"key">: <s:"><v:${API_KEY}><s:">, <n:5>');
});

test('a config inside a manifest is coloured as JSON, until its indent ends', () => {
  const paint = painterFor('configmap.yaml');
  const lines = ['data:', '  clawdbot.json: |', '    { "a": 1 }', 'kind: ConfigMap'].map((line) => short(paint(line)));
  expect(lines).toEqual(['<k:data>:', '  <k:clawdbot.json>: |', '    { <k:"a">: <n:1> }', '<k:kind>: ConfigMap']);
});

test('variables are named once, in their order', () => {
  expect(variablesIn('${B} ${A} ${B} $C ${d}')).toEqual(['B', 'A']);
});
