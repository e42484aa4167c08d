import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const IDENTITY = ['-c', 'user.name=Rhea Tester', '-c', 'user.email=rhea@localhost'];

/** git in a checkout, as a person with a name would run it. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...IDENTITY, ...args], { maxBuffer: 64 << 20 });
  return stdout;
}

/** A record as a person types it: only what has to be said. */
export function handWritten(displayName: string, extra = ''): string {
  const name = `bot-${displayName.toLowerCase()}`;
  return `apiVersion: claworc.dev/v1alpha1
kind: BotInstance
metadata:
  name: ${name}
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  displayName: ${displayName}
${extra}  storage:
    clawdbot: 5Gi
    homebrew: 10Gi
    clawd: 5Gi
    chrome: 5Gi
`;
}

/** The same three bots as the API flow makes: one with a config, one stopped. */
export function writeThreeBots(folder: string, config: string): void {
  const block = `  config: |\n${config.replace(/^(?=.)/gm, '    ')}`;
  writeFileSync(join(folder, 'instances/bot-one.yaml'), handWritten('One', block));
  writeFileSync(join(folder, 'instances/bot-two.yaml'), handWritten('Two', '  state: stopped\n'));
  writeFileSync(join(folder, 'instances/bot-three.yaml'), handWritten('Three'));
}

/** Removes a bot as a person does: the record's file goes; `synth` then writes the tombstone. */
export function removeRecord(folder: string, name: string): void {
  rmSync(join(folder, 'instances', `${name}.yaml`));
}

/** Turns the tombstone that synth wrote into one that destroys the data. */
export function destroyData(folder: string, name: string): void {
  const file = join(folder, 'tombstones', `${name}.yaml`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('data: retain', 'data: destroy'));
}
