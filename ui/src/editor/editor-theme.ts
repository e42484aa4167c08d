import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--syn-key)' },
  { tag: tags.string, color: 'var(--syn-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--syn-number)' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--bg)', color: 'var(--text)', fontSize: 'var(--fs-12)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.25rem' },
  '.cm-content': { padding: 'var(--s-2) 0', caretColor: 'var(--text)', fontVariantLigatures: 'none' },
  '.cm-line': { padding: '0 var(--s-4) 0 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { zIndex: 'auto', backgroundColor: 'var(--bg)', color: 'var(--text-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '3rem', padding: '0 var(--s-3) 0 0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent', color: 'inherit' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--bg-selected)',
    color: 'inherit',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-bad-line': { backgroundColor: 'var(--bad-soft)' },
  '.cm-gutterElement.cm-bad-line': { color: 'var(--bad)', fontWeight: 'var(--fw-bold)' },
  '.cm-diagnosis-room': { padding: 'var(--s-1) var(--s-4) var(--s-2) 0' },
  '.cm-wave': {
    textDecoration: 'underline wavy var(--bad) 1.5px',
    textUnderlineOffset: '3px',
    textDecorationSkipInk: 'none',
  },
  '.cm-variable-of-bot, .cm-variable-of-bot *': { color: 'var(--ask)' },
  '.cm-variable-of-bot': { backgroundColor: 'var(--ask-soft)', borderRadius: '3px' },
  '.cm-diagnosis': {
    padding: 'var(--s-2) var(--s-3)',
    borderInlineStart: '2px solid var(--bad)',
    backgroundColor: 'var(--bad-soft)',
    borderRadius: '0 var(--r-2) var(--r-2) 0',
    fontFamily: 'var(--font-sans)',
    fontSize: 'var(--fs-13)',
    whiteSpace: 'normal',
  },
  '.cm-panels': { backgroundColor: 'var(--bg-sunken)', color: 'var(--text)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-search': { padding: 'var(--s-2) var(--s-3)', fontFamily: 'var(--font-sans)' },
  '.cm-textfield': {
    backgroundColor: 'var(--bg-raised)',
    border: '1px solid var(--line-control)',
    borderRadius: 'var(--r-2)',
    fontSize: 'var(--fs-13)',
    padding: '0.1875rem 0.5rem',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--bg-raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--r-2)',
    fontSize: 'var(--fs-13)',
    padding: '0.1875rem 0.5rem',
  },
  '.cm-search label': { fontSize: 'var(--fs-12)' },
  '.cm-searchMatch': { backgroundColor: 'var(--diff-drift-word)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--bg-hover)', border: '0', color: 'var(--text-3)' },
});

export const editorTheme: Extension = [look, syntaxHighlighting(colours)];
