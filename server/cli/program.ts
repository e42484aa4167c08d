import { Command, CommanderError, type Option } from 'commander';
import { APPROVE, BLAME, BOTS, ROLLBACK, ROLLOUT } from './arguments.ts';
import { EXIT, type ExitCode } from './io.ts';
import type { Invocation } from './invocation.ts';
import { commentOptions, forgeTokenFile, proposeOptions, pullRequestOptions } from './forge-options.ts';
import { conflictOptions } from './conflict-options.ts';
import { fsckOptions } from './fsck-options.ts';
import { options, remoteOptions } from './options.ts';
import { proposalsOptions } from './proposals-options.ts';
import { signingOptions } from './signing-options.ts';

/** Runs one command with its options settled (flag, then environment, then default). */
type Run<Options> = (settled: Options, invocation: Invocation, args: readonly string[]) => Promise<ExitCode>;

interface CommandSpec<Options> {
  readonly name: string;
  readonly summary: string;
  readonly help?: string;
  readonly options: readonly Option[];
  /** `<name>`, or `[name]` for an argument that may be left out, and what each is. */
  readonly arguments?: readonly (readonly [name: string, description: string])[];
  /** Loaded only when the command runs, so that `synth` never pays for a Kubernetes client. */
  readonly load: () => Promise<Run<Options>>;
}

const embedded = 'bare repository or checkout to work on (default: instances.git in the data folder)';
const checkout = 'checkout of an instances repo (default: the current folder)';

/** The whole command line. Resolves with the exit code; wrong usage is 2 and has been explained on standard error. */
export async function runProgram(args: readonly string[], invocation: Invocation): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = new Command('claworc')
    .description('Bots on Kubernetes from reviewed commits: records in, manifests in git, applied and kept that way.')
    .version(invocation.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => invocation.io.out(text.trimEnd()),
      writeErr: (text) => invocation.io.err(text.trimEnd()),
    });

  const add = <Options>(spec: CommandSpec<Options>): void => {
    const command = program.command(spec.name).description(spec.summary).exitOverride();
    for (const option of [...spec.options, options.json(), options.verbose()]) command.addOption(option);
    if (spec.help !== undefined) command.addHelpText('after', `\n${spec.help}`);
    for (const argument of spec.arguments ?? []) command.argument(...argument);
    command.action(async () => {
      const run = await spec.load();
      exit = await run(command.opts<Options & object>(), invocation, command.args);
    });
  };

  const { host, port, data, repo, path, anyOwner, kubeconfig, context, identity, publicUrl, webhookSecretFile } =
    options;
  const which = [options.branch(), path(), anyOwner()];
  const serving = [
    host(),
    port(),
    data(),
    repo(embedded),
    ...remoteOptions(),
    forgeTokenFile(),
    webhookSecretFile(),
    ...signingOptions(),
    ...which,
    publicUrl(),
    options.noBotMetrics(),
  ];
  const cluster = [kubeconfig(), context()];
  const forced = [options.allowOlder(), options.althoughExternal()];
  const approval = options.approveRemovals();

  add({
    name: 'start',
    summary: 'dashboard, API, publishing and reconciling in one process',
    options: [...serving, ...cluster, identity()],
    load: async () => (await import('./commands/serve.ts')).start,
  });
  add({
    name: 'serve',
    summary: 'dashboard, API and publishing; opens no key and never writes to the cluster',
    options: [...serving, ...cluster],
    load: async () => (await import('./commands/serve.ts')).serve,
  });
  add({
    name: 'reconcile',
    summary: 'apply main of a repository, and go on doing so',
    help: 'Where claworc.yaml says `applier: external` it ends with 2, unless it is told to wait.',
    options: [
      data(),
      repo(embedded),
      ...remoteOptions(),
      ...which,
      ...cluster,
      identity(),
      options.waitWhileExternal(),
      options.metrics(),
      options.noBotMetrics(),
    ],
    load: async () => (await import('./commands/reconcile.ts')).reconcile,
  });
  add({
    name: 'synth',
    summary: 'render instances/ to dist/, and write tombstones for what was removed',
    help: 'Exit codes: 0 written or nothing to do, 1 a record is broken, 3 differences found by --check.',
    options: [repo(checkout), path(), anyOwner(), options.check()],
    load: async () => (await import('./commands/synth.ts')).synth,
  });
  add({
    name: 'verify',
    summary: 'check a checkout: schema, names, ports, dist/, sealed keys, plain text',
    options: [repo(checkout), path(), anyOwner(), options.verifyFormat(), options.base()],
    load: async () => (await import('./commands/verify.ts')).verify,
  });
  add({
    name: 'diff',
    summary: 'what lies between two commits, or a commit and the checkout: per bot, without a cluster',
    help: 'Exit codes: 0 nothing changes, 1 something is wrong at the newer end, 3 something changes.',
    arguments: [['[range]', 'A..B, A...B from where B left A, or A (default: from where the checkout left main)']],
    options: [repo(checkout), ...which, options.diffFormat()],
    load: async () => (await import('./commands/diff.ts')).diff,
  });
  add({
    name: 'codeowners',
    summary: 'the line of CODEOWNERS for the owners that claworc.yaml names of its rules',
    help: 'Exit codes: 0 printed, or the file has it, 1 claworc.yaml is broken, 3 the file does not have it.',
    options: [repo(checkout), path(), options.codeOwnersFormat(), options.codeOwnersFile()],
    load: async () => (await import('./commands/codeowners.ts')).codeowners,
  });
  add({
    name: 'blame',
    summary: 'which commit gave each field of a bot the value that it has, its own and what it inherits',
    arguments: BLAME,
    options: [repo(checkout), ...which],
    load: async () => (await import('./commands/blame.ts')).blame,
  });
  add({
    name: 'rollback',
    summary: 'give a bot of a checkout, or all, what it had at a commit: told first, then written to the work tree',
    help: 'Data in volumes and keys stay as they are. Exit codes: 0 written or nothing to do, 1 refused, 3 told only.',
    arguments: ROLLBACK,
    options: [repo(checkout), path(), anyOwner(), options.write(), options.remove()],
    load: async () => (await import('./commands/rollback.ts')).rollback,
  });
  add({
    name: 'suspend',
    summary: 'have bots of a checkout, or the fleet, left as they live: written to the work tree, as a reason too',
    arguments: BOTS,
    options: [repo(checkout), path(), anyOwner(), options.fleet(), options.mode(), options.reason()],
    load: async () => (await import('./commands/suspend.ts')).suspend,
  });
  add({
    name: 'resume',
    summary: 'have bots of a checkout, or the fleet, applied again: written to the work tree',
    arguments: BOTS,
    options: [repo(checkout), path(), anyOwner(), options.fleet()],
    load: async () => (await import('./commands/suspend.ts')).resume,
  });
  add({
    name: 'plan',
    summary: 'what apply would do to the cluster',
    help: 'Follows KUBECONFIG and ~/.kube/config unless told otherwise. Exit codes: 0 nothing to do, 3 differences found, or something waits.',
    options: [repo(checkout), ...which, ...cluster, identity(), data(), ...forced, approval, options.out()],
    load: async () => (await import('./commands/apply.ts')).plan,
  });
  add({
    name: 'apply',
    summary: 'one pass: apply the commit, prune what has a tombstone',
    help: 'Follows KUBECONFIG and ~/.kube/config unless told otherwise. Exit codes: 0 done, 1 something failed, 3 something waits.',
    options: [repo(checkout), ...which, ...cluster, identity(), data(), ...forced, approval, options.plan()],
    load: async () => (await import('./commands/apply.ts')).apply,
  });
  add({
    name: 'status',
    summary: 'the fleet and each bot as the cluster has it, against a commit; writes nothing and needs no server',
    help: 'Follows KUBECONFIG and ~/.kube/config unless told otherwise. Of a data folder: --repo data/instances.git. Exit codes: 0 all is as the commit says, 1 something failed, 3 not yet.',
    options: [repo(checkout), ...which, ...cluster, data(), options.watch()],
    load: async () => (await import('./commands/status.ts')).status,
  });
  add({
    name: 'rollout',
    summary:
      'a change of the fleet that goes from ring to ring: how far it is, and to pause, resume, skip or take it back',
    help: 'status (the default), pause, resume, skip: all bots at once. rollback: what claworc.yaml said before, told first, then written to the work tree. Exit codes: 0 none is on its way or done, 1 it stopped, 3 it is on its way.',
    arguments: ROLLOUT,
    options: [repo(checkout), ...which, ...cluster, identity(), data(), options.write()],
    load: async () => (await import('./commands/rollout.ts')).rollout,
  });
  add({
    name: 'approve',
    summary: 'let removals go that are more than the budget, or destroy kept data: told first, then by commit and hash',
    help: 'Exit codes: 0 approved or nothing waits, 1 refused, 3 told only.',
    arguments: APPROVE,
    options: [repo(checkout), ...which, ...cluster, identity(), data(), options.allowOlder()],
    load: async () => (await import('./commands/approve.ts')).approve,
  });
  add({
    name: 'fsck',
    summary: 'orphans, copied or lost marks, two fleets in one place: what is not as Claworc leaves a namespace',
    help: 'Follows KUBECONFIG and ~/.kube/config unless told otherwise. Exit codes: 0 nothing is wrong, 1 a repair failed, 3 something is found.',
    options: [repo(checkout), ...which, ...cluster, data(), ...fsckOptions()],
    load: async () => (await import('./commands/fsck.ts')).fsck,
  });
  add({
    name: 'import',
    summary: 'rebuild the database from git',
    options: [data(), repo(embedded), ...remoteOptions(), ...which],
    load: async () => (await import('./commands/import.ts')).importFromGit,
  });
  add({
    name: 'backup',
    summary: 'copy what only the data folder holds: database, identity, repository; also while a server runs',
    options: [data(), identity(), options.to(), options.recipient()],
    load: async () => (await import('./commands/backup.ts')).backup,
  });
  add({
    name: 'restore',
    summary: 'put a backup into a data folder',
    help: 'A backup that is encrypted needs --identity. What a data folder holds is never overwritten.',
    options: [data(), options.from(), identity(), options.setAside()],
    load: async () => (await import('./commands/restore.ts')).restore,
  });
  add({
    name: 'git',
    summary:
      'how main of a data folder stands, here and on its remote, while no server runs; and what a person decides about it',
    help: 'Exit codes: 0 main is followed, 1 it can not be, 3 it waits for a person: a rewritten history, or a branch that is gone.',
    options: [data(), repo(embedded), ...remoteOptions(), ...which, options.acceptHead(), options.restoreBranch()],
    load: async () => (await import('./commands/git.ts')).git,
  });
  add({
    name: 'recipients',
    summary: 'whom API keys are sealed for, and who waits to be accepted; also while a server runs',
    help: 'Exit codes: 0 main names those that are accepted, 1 failed, 3 a change waits to be accepted.',
    options: [data(), repo(embedded), ...which, options.accept(), options.yes()],
    load: async () => (await import('./commands/recipients.ts')).recipients,
  });
  add({
    name: 'propose',
    summary:
      'put what a checkout changes of records on a branch of its remote, verified and rendered; opens a pull request too',
    help: 'The checkout stays as it is, index included. Pushes with the settings and credentials that git has there; a pull request is opened where something that opens the forge is named. Exit codes: 0 pushed, or nothing to propose, 1 something is wrong with it, or the remote refuses, 3 main changed the same meanwhile and it is not said which value holds.',
    options: [
      repo(checkout),
      path(),
      anyOwner(),
      ...remoteOptions(),
      forgeTokenFile(),
      ...signingOptions(),
      ...proposeOptions(),
      ...conflictOptions(),
    ],
    load: async () => (await import('./commands/propose.ts')).propose,
  });
  add({
    name: 'proposals',
    summary: 'the proposals of a running server: list them, show one, or update, merge, close or reopen it',
    help: 'Exit codes: 0 done, 1 failed or no server answers, 3 a conflict or something else stands in the way.',
    arguments: [['[number]', 'number of the proposal (default: all are listed)']],
    options: proposalsOptions(),
    load: async () => (await import('./commands/proposals.ts')).proposals,
  });
  add({
    name: 'pull-request',
    summary: 'open the pull request of a branch on GitHub, GitLab, Gitea or Forgejo, or read, merge or close one',
    help: 'Exit codes: 0 done, 1 failed, 3 the forge does not merge it, or the branch is not at --commit.',
    options: [...remoteOptions(), forgeTokenFile(), ...pullRequestOptions()],
    load: async () => (await import('./commands/pull-request.ts')).pullRequest,
  });
  add({
    name: 'comment',
    summary: 'put a text on a pull request, in the place of the one that was put there before',
    options: [...remoteOptions(), forgeTokenFile(), ...commentOptions()],
    load: async () => (await import('./commands/pull-request.ts')).comment,
  });
  add({
    name: 'init',
    summary: 'make the data folder, the identity and the repository',
    options: [
      data(),
      repo(embedded),
      ...which,
      identity(),
      ...signingOptions(),
      options.examples(),
      options.namespace(),
    ],
    load: async () => (await import('./commands/init.ts')).init,
  });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}
