import { join } from 'node:path';
import type { Credentials } from './credentials.ts';

/** Everything that the command lines of one control plane are made of. */
export interface Layout {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiPort: number;
  readonly kubeletPort: number;
}

/** The API server makes this certificate itself; it is also the CA that clients trust. */
export const certificateFile = (folder: string): string => join(folder, 'certificates', 'apiserver.crt');
const keyFile = (folder: string): string => join(folder, 'certificates', 'apiserver.key');

export function etcdArguments({ folder, etcdPort, etcdPeerPort }: Layout): string[] {
  const client = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${etcdPeerPort}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArguments({ folder, credentials, etcdPort, apiPort }: Layout): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${apiPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // A loopback address is refused in the Endpoints of the `kubernetes` Service; nobody here uses them.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${credentials.tokenFile}`,
    `--service-account-key-file=${credentials.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-node-port-range=30000-32767',
    '--allow-privileged=true',
    // Host names of the simulated nodes resolve nowhere.
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

export function controllerManagerArguments({ folder, kubeconfig, credentials }: Layout): string[] {
  return [
    ...clientArguments(kubeconfig),
    '--controllers=*,-horizontal-pod-autoscaler-controller,-node-ipam-controller,-node-route-controller,-cloud-node-lifecycle-controller',
    `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`,
    `--root-ca-file=${certificateFile(folder)}`,
  ];
}

export function schedulerArguments({ kubeconfig }: Layout): string[] {
  return clientArguments(kubeconfig);
}

export function kwokArguments({ folder, kubeconfig, kubeletPort }: Layout, configFiles: readonly string[]): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    ...configFiles.map((file) => `--config=${file}`),
    '--manage-all-nodes',
    // Pod addresses are invented; on loopback a stray dial leaves nobody's machine.
    '--cidr=127.1.0.0/16',
    '--node-ip=127.0.0.1',
    `--node-port=${kubeletPort}`,
    `--server-address=127.0.0.1:${kubeletPort}`,
    `--tls-cert-file=${certificateFile(folder)}`,
    `--tls-private-key-file=${keyFile(folder)}`,
    '--node-lease-duration-seconds=40',
    '--enable-crds=Logs,PortForward',
  ];
}

/** The default of 20 requests a second would bound everything that tests wait for. */
function clientArguments(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--secure-port=0',
  ];
}
