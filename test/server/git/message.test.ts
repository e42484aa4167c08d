import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDIT_TRAILER, formatMessage, oneLine, parseTrailers } from '../../../server/git/message.ts';

const ID = '0b3e0a52-6a2f-4c6d-9a0b-1b1f5d0c9e11';

describe('a commit message', () => {
  it('has subject, body and trailers as paragraphs', () => {
    expect(formatMessage('Stop bot-alpha', ['Asked for by Ada.'], { [EDIT_TRAILER]: ID })).toBe(
      `Stop bot-alpha\n\nAsked for by Ada.\n\nClaworc-Edit: ${ID}\n`,
    );
    expect(formatMessage('', [], {})).toBe('Change the fleet\n');
  });

  it('reads its trailers back', () => {
    expect(parseTrailers(formatMessage('x', ['y'], { A: '1', 'B-c': '2' }))).toEqual({ A: '1', 'B-c': '2' });
  });

  it.each([
    'Claworc-Edit: forged',
    'Stop\n\nClaworc-Edit: forged',
    'Stop\r\n\r\nClaworc-Edit: forged\r\n',
    'Stop\u2028\u2028Claworc-Edit: forged',
    'Stop\u0085\u0085Claworc-Edit: forged',
    'Stop\v\fClaworc-Edit: forged',
  ])('takes no trailer from the user text %j', (text) => {
    expect(parseTrailers(formatMessage(text, [], {}))).toEqual({});
    expect(parseTrailers(formatMessage(text, [text], { [EDIT_TRAILER]: ID }))).toEqual({ [EDIT_TRAILER]: ID });
  });

  it('keeps exactly our trailers, whatever people type', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('\n', '\r', '\n\n', 'Claworc-Edit: x', 'a: b', ' ', '\u2029', 'text'), { maxLength: 8 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(nasty, fc.array(nasty, { maxLength: 3 }), (subject, body) => {
        const message = formatMessage(subject, body, { [EDIT_TRAILER]: ID });
        expect(parseTrailers(message)).toEqual({ [EDIT_TRAILER]: ID });
        expect(message.split('\n')[1]).toBe('');
        expect(oneLine(subject)).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('is read as git reads it: a paragraph with anything else in it is no trailer', () => {
    expect(parseTrailers('x\n\nClaworc-Edit: 1\nand more\n')).toEqual({});
    expect(parseTrailers('x\nClaworc-Edit: 1\n')).toEqual({});
  });
});
