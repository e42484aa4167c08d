/** How each program of the tests is built from its pinned Go module. */
export interface Program {
  /** Folder under tools/ whose go.mod and go.sum pin it. */
  readonly module: 'kubernetes' | 'kwok' | 'sops' | 'flux' | 'gitea';
  readonly package: string;
  readonly ldflags: string;
  /** Build tags. @default none */
  readonly tags?: string;
  /** Compiled with a C compiler, which has to be there. @default false */
  readonly cgo?: boolean;
  /** Folders of its module that it reads while it runs; they are kept beside it. @default none */
  readonly files?: { readonly module: string; readonly folders: readonly string[] };
  /** What to tell a person who waits for the first build. */
  readonly firstBuild: string;
}

const version = 'k8s.io/component-base/version';
const kubernetes = `-s -w -X ${version}.gitVersion=v1.36.3 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`;

/** In building order: the first one compiles most of what the next three share. */
export const programs = {
  'kube-apiserver': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    ldflags: kubernetes,
    firstBuild: '4 to 6 min the first time',
  },
  etcd: {
    module: 'kubernetes',
    package: 'go.etcd.io/etcd/server/v3',
    ldflags: '-s -w',
    firstBuild: 'about 20 s the first time',
  },
  'kube-controller-manager': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    ldflags: kubernetes,
    firstBuild: 'about 90 s the first time',
  },
  kubectl: {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    ldflags: kubernetes,
    firstBuild: 'about 30 s the first time',
  },
  'kube-scheduler': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-scheduler',
    ldflags: kubernetes,
    firstBuild: 'about 10 s the first time',
  },
  kwok: {
    module: 'kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    ldflags: '-s -w',
    firstBuild: 'about 100 s the first time',
  },
  sops: {
    module: 'sops',
    package: 'github.com/getsops/sops/v3/cmd/sops',
    ldflags: '-s -w',
    firstBuild: 'about 80 s the first time',
  },
  'flux-ssa': {
    module: 'flux',
    package: '.',
    ldflags: '-s -w',
    firstBuild: 'about 100 s the first time',
  },
  gitea: {
    module: 'gitea',
    package: 'code.gitea.io/gitea',
    ldflags: '-s -w',
    tags: 'sqlite sqlite_unlock_notify',
    cgo: true,
    files: { module: 'code.gitea.io/gitea', folders: ['options', 'templates', 'public'] },
    firstBuild: 'about 6 min the first time',
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

export const programNames = Object.keys(programs) as readonly ProgramName[];

/** What tests of a cluster need: all but the forge. */
export const clusterProgramNames = programNames.filter((name) => programs[name].module !== 'gitea');
