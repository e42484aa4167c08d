import { describe, expect, it } from 'vitest';
import { concealPatch, concealSecret, mayHideSecret } from '../../../../server/services/instances/conceal-patch.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const KEY = ['sk', 'ant', 'api03-abcdefghijklmnop'].join('-');
const HEAD = 'diff --git a/x b/x\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,3 @@\n';

describe('the patch of a commit that is shown', () => {
  it('holds no key in clear text, wherever it was committed', () => {
    const patch = `${HEAD}+spec:\n+  env:\n+    X: ${KEY}\n`;

    expect(concealPatch('instances/bot-a.yaml', patch)).toBe(
      `${HEAD}+spec:\n+  env:\n+    X: ${'*'.repeat(KEY.length)}\n`,
    );
  });

  it('shows of a Secret that nobody sealed no value, known as a key or not, also one of many lines', () => {
    const patch = `${HEAD} kind: Secret\n stringData:\n+  OPENAI_API_KEY: hunter2\n+  OTHER: |\n+    line one\n+    c2VjcmV0\n-  "a": 'old secret'\n`;

    const shown = concealPatch('secrets/global/openai-api-key.yaml', patch);

    expect(shown).toContain('+  OPENAI_API_KEY: ****\n');
    expect(shown).not.toMatch(/hunter2|line one|c2VjcmV0|old secret/);
    expect(shown).toContain(' kind: Secret\n');
  });

  it('shows a sealed key as it is', () => {
    const sealed = [
      'kind: Secret',
      'metadata:',
      '  name: claworc-openai-api-key',
      '  labels:',
      '    app.kubernetes.io/part-of: claworc',
      'stringData:',
      '  OPENAI_API_KEY: ENC[AES256_GCM,data:ab+/=,iv:x,tag:y,type:str]',
      'sops:',
      '  age:',
      '    - enc: |',
      '        -----BEGIN AGE ENCRYPTED FILE-----',
      '        YWdlLWVuY3J5cHRpb24ub3Jn',
      '        -----END AGE ENCRYPTED FILE-----',
      '      recipient: age1abc',
      '  version: 3.13.0',
    ];
    const patch = `${HEAD}${sealed.map((line) => `+${line}\n`).join('')}`;

    expect(concealPatch('secrets/global/openai-api-key.yaml', patch)).toBe(patch);
  });

  it('says no value in the heading of a hunk', () => {
    const patch = 'diff --git a/x b/x\n@@ -1,2 +1,2 @@ OTHER: hunter2\n version: 1\n';

    expect(concealPatch('secrets/global/x.yaml', patch)).not.toContain('hunter2');
  });

  it('shows no entry of a Secret whose hunk has the heading of a field that ended before it', () => {
    const data = `@@ -9,2 +9,2 @@ metadata:\n+  name: hunter2\n+  app.kubernetes.io/part-of: hunter3\n`;
    const patch = `${HEAD}+kind: Secret\n${data}@@ -19,1 +19,1 @@ sops:\n+  recipient: hunter4\n`;

    expect(concealPatch('secrets/global/x.yaml', patch)).not.toContain('hunter');
  });

  it('shows no entry of a Secret that has the name of a field, nor one in a hunk that does not say where it is', () => {
    const patch = `${HEAD}+kind: Secret\n+stringData:\n+  name: hunter2\n+  version: hunter3\n@@ -9,1 +9,1 @@ stringData:\n+  type: hunter4\n@@ -19,1 +19,1 @@\n+  type: hunter5\n`;

    const shown = concealPatch('dist/bot-a/x.yaml', patch, true);

    expect(shown).not.toMatch(/hunter/);
    expect(shown).toContain('+kind: Secret\n');
  });
});

describe('a Secret in clear text', () => {
  it('is shown with its fields and without its values, in whatever way it is written', () => {
    expect(concealSecret('kind: Secret\nmetadata:\n  name: a\ndata:\n  name: aHVudGVyMg==\n')).toBe(
      'kind: Secret\nmetadata:\n  name: a\ndata:\n  name: ****\n',
    );
    for (const text of [
      '{"kind":"Secret","stringData":{"a":"hunter2"}}\n',
      '{kind: Secret, stringData: {a: hunter2}}\n',
      'kind: Secret\nstringData: {a: hunter2}\n',
      'kind: Secret\nstringData:\n  a: |\n    hunter2\n  ? b\n  : hunter2\n',
    ]) {
      expect(concealSecret(text)).not.toContain('hunter2');
    }
  });

  it('shows no entry that has the name of a field, however its structure is hidden', () => {
    for (const text of [
      'kind: Secret\nmetadata:\n  name: a\n? stringData\n:\n  name: hunter2\n',
      'kind: Secret\nmetadata:\n  name: a\nstringData :\n  name: hunter2\n',
      '{"metadata": {"name": "a"},\n"kind": "Secret",\n "stringData": {\n  "name": "hunter2", "version": "hunter2"\n }\n}\n',
      '{"kind": "Secret",\n"metadata": {"name": "a"},\n "stringData": {\n  "name": "hunter2"\n }\n}\n',
      'kind: List\nitems:\n- kind: Secret\n  data:\n    name: hunter2\n    type: hunter2\n',
      '- kind: Secret\n  metadata:\n    name: a\n  stringData:\n    name: hunter2\n',
      '  kind: Secret\n  stringData:\n    name: hunter2\n',
      'kind: Secret\nstringData:\n  enc: |\n    hunter2\n',
      'kind: Secret\nmetadata:\n  annotations:\n    note: |\n      name: hunter2\n',
    ]) {
      expect(concealSecret(text)).not.toContain('hunter2');
    }
  });

  it('may hide in a patch whose lines are no plain fields', () => {
    for (const line of [
      '{"a":{"b":"hunter2"}}',
      '  ? b',
      '  "stringD\\u0061ta":',
      '- !!map {a: b}',
      'DATA: x',
      'stringData :',
    ]) {
      expect(mayHideSecret(`--- a\n+++ b\n@@ -1,1 +1,1 @@ spec:\n+${line}\n`)).toBe(true);
    }
  });

  it('may hide in a patch that shows entries only', () => {
    expect(mayHideSecret('@@ -9,1 +9,1 @@ data:\n-  a: b\n+  a: c\n')).toBe(true);
    expect(mayHideSecret('@@ -9,1 +9,1 @@\n-  a: b\n')).toBe(true);
    for (const heading of [
      '"data":',
      "'stringData':",
      'stringData :',
      '? data',
      '{',
      '- kind: List',
      'items:',
      'immutable: true',
    ]) {
      expect([heading, mayHideSecret(`@@ -9,1 +9,1 @@ ${heading}\n-  a: b\n+  a: c\n`)]).toEqual([heading, true]);
    }
    expect(mayHideSecret('@@ -9,1 +9,1 @@ spec:\n-  a: b\n+  a: c\n')).toBe(false);
    expect(mayHideSecret('@@ -0,0 +1,2 @@\n+spec:\n+  a: c\n')).toBe(false);
  });
});
