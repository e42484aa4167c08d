import { expectationOf } from './expectations.ts';
import { isObject } from './explain.ts';
import { DOCUMENTS } from '../published.ts';

interface Field {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

const PLACES: Readonly<Record<string, string>> = {
  BotInstance: '`instances/<name>.yaml`, one for each bot',
  Fleet: '`claworc.yaml`, once',
  Tombstone: '`tombstones/<name>.yaml`, one for each bot that left',
};

const INTRODUCTION = `# Records

An instances repo holds documents of three kinds, all of \`apiVersion: claworc.dev/v1alpha1\`. This page is made from
the schema that checks them (\`node server/cli/make-docs.ts\`); editors get the same schema as JSON Schema, through a
first line such as \`# yaml-language-server: $schema=../constructs/schema/bot-instance.schema.json\`.

A file is UTF-8 with LF line ends, at most 64 KiB, and one YAML document without anchors, aliases or tags. Field names
are exact: an unknown field is an error, never ignored. Quantities are kept as they are typed and rendered in the form
that Kubernetes stores (\`2000m\` becomes \`2\`).
`;

const POLICY = `## Policy

\`spec.policy\` says what records, tombstones and recipients may ask for. A bot that asks for more is an error at its field:
verify and the dashboard refuse it, and the reconciler holds the bot as it is. A bot that inherits from claworc.yaml is
held to the rules with what it inherits.

A change can't loosen the rules for itself. Besides its own rules those of the commit that it started from hold:
\`claworc verify --base COMMIT\` and \`claworc diff\` compare with it, an edit of the dashboard with main, the reconciler
with the main that it read before (the commit before, when it has just started; \`plan\` and \`apply\` likewise). So a
looser policy comes in one change and is used by the next, and who may loosen it is who may change claworc.yaml.
\`owners\` says for each rule who that should be: each refusal names them, and so does what a proposal that changes the rule
says of itself; \`claworc codeowners\` prints them for your forge, and with a forge the dashboard merges such a proposal with
an owner's approval alone ([proposals.md](proposals.md#owners-of-rules)). Authors in commits are no proof of who wrote them,
and no rule goes by them.

A new recipient is refused by verify with \`--base\`, and by diff, unless \`spec.policy.recipients\` named it before: whoever
holds its identity may open every key that is set from then on. Servers ask a person besides ([keys.md](keys.md)). A
tombstone that \`removals\` does not allow keeps its bot running; that of a bot that is long gone may simply be deleted.
\`maxOfFleet\` is an error wherever something is refused (verify, diff, an edit, a merge), and holds no bot: which of them is
too much, nobody can tell.

### Signed commits

\`\`\`yaml
policy:
  signedCommits:
    required: true
    allowedSigners:
      - ada@example.com ssh-ed25519 AAAAC3Nza...
      - claworc ssh-ed25519 AAAAC3Nza...
      - bob@example.com valid-before="20261231Z" ssh-ed25519 AAAAC3Nza...
    gpgKeys:
      - |
        -----BEGIN PGP PUBLIC KEY BLOCK-----
        ...
\`\`\`

With \`required: true\` a record, a tombstone, a sealed key or claworc.yaml counts only as the last commit left it that one of
these keys signed. What another commit changed is held, with the commit and the reason: its bot stays as it lives, and the
others go on. A held claworc.yaml, or a global key that was taken away, holds main as a whole, which goes on being applied
as it was. Files under dist/ need no signature: they are used only where signed records render to them. A file counts again
when a signed commit changes it, or when it is put back, by anybody, to what the last signed commit left. What a merge
takes over from a branch is worth what it was there, so the commits of a branch have to be signed too; a merge that
is not signed itself leaves everything unsigned that its two sides differ in.

A commit is judged by the claworc.yaml that came before it, so no commit lets its own key in, or turns this off, unless a
listed key signed it. Commits from before the first \`required: true\` are not judged. A key whose line is taken away signs
nothing new; what it signed before stays. A time of a key counts against the committer's date, and a commit can't be of
before the newest signed commit that it follows. \`verify --base\`, \`diff\`, \`propose\` and the merge of a proposal refuse
commits that the base would not let in; the trial merge that a forge checks out for a pull request is passed over.

Lines of \`allowedSigners\` are those of OpenSSH's file of that name, but for certificate authorities, and times have to be in
UTC (\`20261231Z\`), so that every machine reads the same. Keys of security tokens count where somebody touched the token.
gpg has to be installed where its signatures are checked. For the merge button of a forge, list the key that it signs with
(GitHub: \`https://github.com/web-flow.gpg\`). Signatures of X.509 certificates are never accepted. What Claworc writes is
signed as [running.md](running.md) says, "Signing"; where it can't be, nothing is published, and edits wait.
`;

const SUSPENDED = `## Suspended, or only compared

\`spec.reconcile\` of a record, or of claworc.yaml for every record without one of its own, keeps a bot as it lives:

\`\`\`yaml
reconcile:
  mode: suspend
  reason: the storage is moved on Sunday
\`\`\`

With \`suspend\` and \`detect\` nothing of the bot is written in the cluster, whatever main says: it is neither applied nor put
right. It is compared all the same, and shown as drifted or not applied, with the reason; with \`detect\` drift counts as
something that needs a person, with \`suspend\` it doesn't. Starting, stopping and editing such a bot are commits like any other,
and are applied when it is resumed. \`claworc plan\` says what that would be; \`claworc apply\` leaves the bot out, says so and
ends with 3.

A bot that is suspended by its record is removed by its tombstone all the same: a deletion is asked for by itself. Where
claworc.yaml suspends the fleet nothing is removed either, and no key that the fleet shares is written. A record that says \`mode: apply\`
goes on in a suspended fleet. Nothing that is rendered changes, so no bot restarts when it is suspended or resumed. Where
another program applies, this says nothing to it.
`;

const LEFT_TO_CLUSTER = `## Fields that are left to the cluster

What the cluster changes on the way in (a mutating webhook, an admission policy) is told and not fought, and what another
manager took over holds its object. Where that is as it should be, claworc.yaml says so:

\`\`\`yaml
policy:
  leaveToCluster:
    - kind: Deployment
      fields:
        - spec.replicas
        - spec.template.spec.containers[name="moltbot"].resources
    - kind: Service
      name: bot-alpha-vnc
      fields: ['metadata.labels[app.kubernetes.io/component]']
\`\`\`

A field is written as plans and diffs write it, and stands for all that is below it. Main's value makes the object; from
then on the field is neither compared nor changed, whatever main says. It is not sent where somebody else owns it, so that
it is theirs alone; where nobody does it is sent as it lives, because an apply without it would take it away. (Argo CD calls
this \`ignoreDifferences\` with \`RespectIgnoreDifferences\`.) So a bot whose \`spec.replicas\` is left to the cluster is
not stopped or started by its record, and an image that is left is not renewed. Fields of Secrets and the marks by which
Claworc knows its own objects can't be left; \`claworc verify\` warns of a field that nothing renders. A rule changes
nothing that is rendered; when it is taken away, main's value is sent again.
`;

const IN_THE_POD = `## What a bot sees

A value of \`spec.env\` reaches the bot exactly as it was typed. Kubernetes has a syntax of its own in such values
(\`$(NAME)\`, \`$$\`), so each \`$\` is rendered as \`$$\`; what is wanted from another variable is put together by the bot
itself. \`\${NAME}\` in \`spec.config\` is the bot's own and is left alone. An API key arrives from its Secret, byte for byte.

systemd, which is PID 1 of a bot, gives its services an environment of their own. A file of the bot's ConfigMap,
mounted as \`/etc/systemd/system/service.d/50-claworc-environment.conf\`, passes every variable and key on by name
(\`PassEnvironment=\`), to the gateway and to both screens; a unit of the image that sets the same variable by
\`Environment=\` wins. A login by another way (\`su -\`, ssh) starts without them. PID 1 also has \`container=docker\`, by which
systemd knows where it is; a record may say another value.

The bot's host name is its name, whichever pod it is: Chrome would otherwise find its profile in use on another
computer after each replacement. A bot is ready as soon as its Chrome screen answers over HTTP, and is ended and
started again when it doesn't within two minutes.

### Versions of the output

\`spec.rendering\` of claworc.yaml says which version of the output synth makes. A newer Claworc goes on making the
version that is asked for, byte for byte. An upgrade is a change like any other: in the dashboard's settings, which show
every file and every bot that restarts before anything is saved, or by writing the new number into claworc.yaml, running
\`claworc synth\` and reading \`git diff\`.

| Version | What it does |
|---|---|
| 1 | \`$(NAME)\` and \`$$\` in values are read by Kubernetes; services see no variables; the host name is the pod's; a bot is ready after 30 s at the earliest. |
| 2 | What this section says. |
`;

/** docs/records.md: every field of every document, from the schema. */
export function recordsReference(): string {
  const sections = Object.entries(DOCUMENTS).map(([file, schema]) => {
    const { title = '', description = '' } = schema as { readonly title?: string; readonly description?: string };
    const rows = fieldsOf(schema, '').map(
      ({ path, type, isRequired, description: text }) =>
        `| \`${path}\` | ${type} | ${isRequired ? 'yes' : ''} | ${text.replaceAll('|', '\\|')} |`,
    );
    return [
      `## ${title}`,
      '',
      `${description} It lies in ${PLACES[title] ?? ''} ([JSON Schema](../constructs/schema/${file})).`,
      '',
      '| Field | Type | Required | Meaning |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [INTRODUCTION, ...sections, POLICY, SUSPENDED, LEFT_TO_CLUSTER, IN_THE_POD].join('\n');
}

function fieldsOf(schema: unknown, path: string): readonly Field[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, item]) => {
    const below = path === '' ? name : `${path}.${name}`;
    const description = isObject(item) && typeof item.description === 'string' ? item.description : '';
    return [
      { path: below, type: typeOf(item), isRequired: required.includes(name), description },
      ...fieldsOf(item, below),
      ...(isObject(item) ? fieldsOf(item.items, `${below}[]`) : []),
    ];
  });
}

function typeOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of: ${typeOf(schema.items)}`;
  if (isObject(schema.patternProperties)) return 'map of texts';
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'integer') return rangeOf(schema);
  if (schema.type === 'boolean') return '`true` or `false`';
  return typeof schema.pattern === 'string' ? expectationOf(schema.pattern) : 'text';
}

function rangeOf(schema: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum } = schema;
  if (typeof maximum !== 'number') return `whole number from ${String(minimum)}`;
  return `whole number from ${String(minimum)} to ${maximum}`;
}
