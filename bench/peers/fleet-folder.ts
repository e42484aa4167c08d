import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRepo, synthRepo } from '../../constructs/repo/index.ts';
import { renderedFiles } from '../program.ts';

/** An instances repo in a folder, which each commit leaves rendered: what every applier reads. */
export class FleetFolder {
  readonly folder: string;
  readonly namespace: string;
  readonly #files: Map<string, string>;

  constructor(folder: string, size: number, namespace: string) {
    this.folder = folder;
    this.namespace = namespace;
    this.#files = new Map(renderedFiles(size, namespace));
    for (const [path, text] of this.#files) this.#write(path, text);
    this.#git('init', '-q');
    this.#commit('A fleet');
  }

  /** Where the manifests are. */
  get manifests(): string {
    return join(this.folder, 'dist');
  }

  /** Texts of the rendered objects. */
  get rendered(): readonly string[] {
    return [...this.#files].filter(([path]) => path.startsWith('dist/')).map(([, text]) => text);
  }

  setImage(bot: string, image: string): void {
    const path = `instances/${bot}.yaml`;
    const text = this.#files.get(path) ?? '';
    this.#files.set(path, text.replace('displayName:', `image: ${image}\n  displayName:`));
    this.#write(path, this.#files.get(path) ?? '');
    this.#render(`Another image for ${bot}`);
  }

  remove(bot: string): void {
    this.#files.delete(`instances/${bot}.yaml`);
    rmSync(join(this.folder, 'instances', `${bot}.yaml`));
    this.#render(`Without ${bot}`);
  }

  #render(subject: string): void {
    const repo = readRepo(new Map([...this.#files].map(([path, text]) => [path, Buffer.from(text)])));
    for (const [path, text] of synthRepo(repo, { at: '2026-11-22T10:00:00Z', by: 'bench' }).changes) {
      if (text === null) {
        this.#files.delete(path);
        rmSync(join(this.folder, path));
      } else {
        this.#files.set(path, text);
        this.#write(path, text);
      }
    }
    this.#commit(subject);
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  #commit(subject: string): void {
    this.#git('add', '-A', '.');
    this.#git('commit', '-q', '-m', subject);
  }

  #git(...args: string[]): void {
    const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', '-c', 'init.defaultBranch=main'];
    execFileSync('git', ['-C', this.folder, ...who, ...args]);
  }
}
