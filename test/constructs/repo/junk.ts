/** The largest document that is read. */
const CAP = 65_536;

const RECORD = `apiVersion: claworc.dev/v1alpha1
kind: BotInstance
metadata:
  name: bot-x
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  displayName: X
  storage:
    clawdbot: 5Gi
    homebrew: 10Gi
    clawd: 5Gi
    chrome: 5Gi
`;

/** `head`, and as many parts behind it as the cap lets through. */
function fill(part: (index: number) => string, head = '', tail = ''): string {
  let text = head;
  for (let index = 0; text.length + part(index).length + tail.length <= CAP; index += 1) text += part(index);
  return text + tail;
}

const word = (index: number): string => ((index * 2_654_435_761) >>> 0).toString(36);

/** Files of junk, each as large as is read, and each dear to a reader in a way of its own. */
export const JUNK: Readonly<Record<string, () => string>> = {
  'unknown keys': () => fill((n) => `k${n}: 1\n`),
  'empty keys': () => fill((n) => `${n.toString(36)}x:\n`),
  'unknown keys below spec': () => fill((n) => `  k${n}: 1\n`, RECORD),
  'long unknown keys': () => fill((n) => `  ${word(n).repeat(60)}: 1\n`, RECORD),
  'one long unknown key': () => `${RECORD}  ${'d'.repeat(CAP - 400)}: 1\n`,
  'a flow mapping': () => fill((n) => `a${n.toString(36)},`, '{', '}'),
  'an open flow mapping': () => fill((n) => `a${n.toString(36)},`, '{'),
  'a flow list': () => fill(() => '1,', 'a: [', ']'),
  'brackets in brackets': () => '['.repeat(CAP),
  'mappings in mappings': () => fill((n) => `${' '.repeat(n)}a:\n`),
  'lists in lists': () => '- '.repeat(CAP / 2),
  aliases: () => fill(() => '- *a\n'),
  anchors: () => fill((n) => `- &a${n} 1\n`),
  tags: () => fill(() => '- !x 1\n'),
  'one key again and again': () => fill(() => 'a: 1\n'),
  comments: () => fill(() => '#\n', 'a: 1\n'),
  'empty lines': () => fill(() => '\n', 'a: 1\n'),
  documents: () => fill(() => 'a\n---\n'),
  directives: () => fill(() => '%A\n'),
  'keys in clear text': () =>
    fill((n) => `# sk-ant-api03-${word(n)}${word(n + 7)}${word(n + 11)}${word(n + 13)}${word(n + 17)}\n`, RECORD),
  'beginnings of keys': () => fill(() => 'sk-ant-', 'a: '),
  'beginnings of private keys': () => fill(() => '-----BEGIN PRIVATE KEY-----', 'a: '),
  'beginnings of encrypted files': () => fill(() => '-----BEGIN AGE ENCRYPTED FILE-----', 'a: '),
  'beginnings of encrypted values': () => fill(() => 'ENC[', 'a: '),
  'one long text': () => fill(() => 'xxxxxxx ', 'a: '),
  'a text of many lines': () => fill(() => ' x\n', 'a:\n'),
  escapes: () => fill(() => '\\x41', 'a: "', '"'),
  'question marks': () => fill(() => '? a\n'),
  colons: () => fill(() => 'a: b: '),
  variables: () => fill((n) => `    E${n}: "1"\n`, `${RECORD}  env:\n`),
  'bad variables': () => fill((n) => `    ${n}x: 1\n`, `${RECORD}  env:\n`),
  'keys in the config': () =>
    fill((n) => `      "k${n}": 1,\n`, `${RECORD}  config: |\n    {\n`, '      "z": 1\n    }\n'),
  'brackets in the config': () => `${RECORD}  config: |\n    ${'['.repeat(CAP - 1000)}\n`,
  'objects in the config': () => `${RECORD}  config: |\n    ${'{"a":'.repeat((CAP - 1000) / 5)}\n`,
  'control characters': () => `a: ${'\u0001'.repeat(CAP - 3)}`,
  'clear text in a Secret': () =>
    fill((n) => `  K${n}: x\n`, 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n'),
};
