import { join } from 'node:path';
import type { Layout } from './layout.ts';

export function etcdArguments({ folder, ports }: Layout): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
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

export function apiServerArguments({ folder, tokenFile, serviceAccountKeyFile, ports }: Layout): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // A loopback address is refused in the Endpoints of the `kubernetes` Service; nobody here uses them.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${tokenFile}`,
    `--service-account-key-file=${serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-node-port-range=30000-32767',
    '--allow-privileged=true',
    // Host names of the simulated nodes resolve nowhere.
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

/** All that can work without a cloud. */
const CONTROLLERS = [
  '*',
  '-horizontal-pod-autoscaler-controller',
  '-node-ipam-controller',
  '-node-route-controller',
  '-cloud-node-lifecycle-controller',
];

export function controllerManagerArguments(
  { kubeconfig, certificateFile, serviceAccountKeyFile }: Layout,
  controllers: readonly string[] = CONTROLLERS,
): string[] {
  return [
    ...clientArguments(kubeconfig),
    `--controllers=${controllers.join(',')}`,
    `--service-account-private-key-file=${serviceAccountKeyFile}`,
    `--root-ca-file=${certificateFile}`,
  ];
}

export function schedulerArguments({ kubeconfig }: Layout): string[] {
  return clientArguments(kubeconfig);
}

export function kwokArguments(
  { folder, kubeconfig, certificateFile, ports }: Layout,
  configFiles: readonly string[],
): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    ...configFiles.map((file) => `--config=${file}`),
    '--manage-all-nodes',
    // Pod addresses are invented; on loopback a stray dial leaves nobody's machine.
    '--cidr=127.1.0.0/16',
    '--node-ip=127.0.0.1',
    `--node-port=${ports.kubelet}`,
    `--server-address=127.0.0.1:${ports.kubelet}`,
    `--tls-cert-file=${certificateFile}`,
    `--tls-private-key-file=${join(folder, 'certificates', 'apiserver.key')}`,
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
