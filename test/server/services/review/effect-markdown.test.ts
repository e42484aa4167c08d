import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BotEffect, Effect } from '../../../../server/http/schemas/effect.ts';
import { COMMENT_MARK, effectMarkdown } from '../../../../server/services/review/effect-markdown.ts';
import { githubCommands } from '../../../../server/services/annotations/github.ts';

const bot = (name: string, changes: Partial<BotEffect> = {}): BotEffect => ({
  name,
  action: 'configure',
  restart: 'restart',
  data: 'none',
  words: ['The bot restarts.'],
  fields: [{ field: 'spec.image', before: null, after: 'x:1', file: `instances/${name}.yaml`, line: 9 }],
  objects: [
    {
      kind: 'Deployment',
      name,
      action: 'configure',
      file: `dist/${name}/deployment.yaml`,
      patch: '--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n',
    },
  ],
  ...changes,
});

const effectOf = (bots: BotEffect[], changes: Partial<Effect> = {}): Effect => {
  const sum = { cpu: '1', memory: '1Gi', volumes: '25Gi', bots: bots.length };
  return {
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    bots,
    resources: { before: sum, after: sum },
    problems: [],
    unrendered: [],
    ...changes,
  };
};

describe('the comment of an effect', () => {
  it('begins with its mark, says the counts, and folds the manifests', () => {
    const text = effectMarkdown(
      effectOf([bot('bot-a'), bot('bot-b', { action: 'remove', restart: 'stop', data: 'destroyed' })]),
    );

    expect(text.startsWith(`${COMMENT_MARK}\n\n### 1 bot is removed with its data, 1 restarts\n`)).toBe(true);
    expect(text).toContain('<details><summary>1 object</summary>\n\n```diff\n--- a\n');
    expect(text).toContain(
      '| <code>spec.image</code> | unset | <code>x:1</code> | <code>instances/bot-a.yaml:9</code> |',
    );
  });

  it('leaves out whole bots with their number where not all fit, and is never longer than it may be', () => {
    const large = bot('bot-large', {
      objects: [{ kind: 'ConfigMap', name: 'x', action: 'configure', file: 'x', patch: '+line\n'.repeat(9_000) }],
    });
    const many = Array.from({ length: 500 }, (_, index) => bot(`bot-${index}`));

    const text = effectMarkdown(effectOf([large, ...many]), { most: 20_000 });

    expect(text.length).toBeLessThanOrEqual(20_000);
    expect(text).toContain('**bot&#45;large**'.replace('&#45;', '-'));
    expect(text).not.toContain('+line');
    expect(text).toMatch(/\d{3} more bots are left out here, as they don't fit: \d{3} bots restart\./);
    expect(text.split('```').length % 2).toBe(1);
  });

  it('keeps what others wrote from being markup, a mention or the end of its block', () => {
    const evil = '</code><img src=x onerror=alert(1)> @everyone [x](http://evil) `x` | \u202e #1 **b** ::error::';
    const text = effectMarkdown(
      effectOf(
        [
          bot('bot-a', {
            words: [evil],
            fields: [{ field: evil, before: evil, after: evil, file: evil, line: 1 }],
            objects: [{ kind: 'X', name: 'x', action: 'create', file: 'x', patch: '+```\n+</details>\n+\u202e' }],
          }),
        ],
        {
          problems: [{ file: evil, line: null, message: evil, severity: 'error' }],
        },
      ),
    );

    const outside = text.slice(0, text.indexOf('````diff'));
    expect(text).toContain('````diff\n+```\n+</details>\n+\\u202e\n````');
    expect(text).not.toContain('&#8238;');
    expect(outside).not.toMatch(/<img|@everyone|\]\(|`x`|\u202e|\*\*b\*\*|(?<!&)#1|http:\/\//);
  });

  it.each([
    '@ada',
    '@äda',
    '#12',
    '!12',
    '~bug',
    '~"two words"',
    '%12',
    '$7',
    '&5',
    '^alert',
    'GH-1',
    'WWW.evil.example',
    'ftp://evil.example',
  ])('makes no link of %s, on whatever forge', (evil) => {
    const text = effectMarkdown(effectOf([bot('bot-a', { words: [`see ${evil} now`] })]));

    // What a forge looks for it looks for in the text, between what is markup.
    const pieces = text
      .split('<!-- -->')
      .map((piece) => piece.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))));
    expect(pieces.join('')).toContain(`see ${evil} now`);
    for (const piece of pieces) expect(piece).not.toContain(evil);
  });

  it('writes workflow commands of one line, whatever a path or a message holds', () => {
    const text = fc.string({ unit: fc.constantFrom(':', ',', '%', '\n', '\r', 'a', '\u202e', '\u2028') });
    const annotations = fc.array(
      fc.record({
        level: fc.constantFrom('error', 'warning', 'notice'),
        file: text,
        line: fc.option(fc.nat()),
        title: text,
        message: text,
      }),
    );
    fc.assert(
      fc.property(annotations, (all) => {
        for (const command of githubCommands(all)) {
          expect(command).toMatch(/^::(error|warning|notice) file=[^:,\r\n]*(,line=\d+)?,title=[^:,\r\n]*::[^\r\n]*$/u);
        }
      }),
    );
  });
});
