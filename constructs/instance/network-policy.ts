import { Construct } from 'constructs';
import { k8s, Protocol } from 'cdk8s-plus-28';
import { selectorOf, SERVER_SELECTOR } from '../labels.ts';
import { partMetadata, type InstanceContext } from './context.ts';

const tcp = (port: number): k8s.NetworkPolicyPort => ({
  port: k8s.IntOrString.fromNumber(port),
  protocol: Protocol.TCP,
});

/** Only the Claworc server reaches a bot's screens; exposed screens are open to everybody over HTTP. */
export class ScreenPolicy extends Construct {
  constructor(scope: Construct, id: string, context: InstanceContext) {
    super(scope, id);
    const { chrome, terminal } = context.profile.screens;
    const raw = [tcp(chrome.raw.port), tcp(terminal.raw.port)];
    const http = [tcp(chrome.http.port), tcp(terminal.http.port)];
    const fromServer = { from: [{ podSelector: { matchLabels: SERVER_SELECTOR } }], ports: [...raw, ...http] };
    const fromAnywhere = { ports: http };
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: partMetadata(context, 'network'),
      spec: {
        podSelector: { matchLabels: selectorOf(context.instance.name) },
        policyTypes: ['Ingress'],
        ingress: context.instance.exposedPorts === undefined ? [fromServer] : [fromServer, fromAnywhere],
      },
    });
  }
}
