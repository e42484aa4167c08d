import { planOffer } from '../../services/cluster/offer-plan.ts';
import { acceptCluster } from '../../services/cluster/accept.ts';
import type { AppContext } from '../../services/app-context.ts';
import { fleetStateOf } from '../../services/fleet/state.ts';
import type { App } from '../app-type.ts';
import { OfferPlanSchema } from '../schemas/offer-plan.ts';
import { AcceptClusterSchema } from '../schemas/requests.ts';
import { FleetStateSchema } from '../schemas/answers.ts';
import { answers } from './answers.ts';
import { optionalBody } from './optional-body.ts';

const tags = ['state'];

export function clusterRoutes(api: App, context: AppContext): void {
  api.get(
    '/fleet',
    {
      schema: {
        tags,
        operationId: 'getFleet',
        summary: 'The state of the whole loop: git, cluster, units that are held',
        response: answers(FleetStateSchema),
      },
    },
    () => fleetStateOf(context),
  );

  api.get(
    '/cluster/plan',
    {
      schema: {
        tags,
        operationId: 'getClusterPlan',
        summary: 'What applying main to the cluster would do now',
        description: 'Reads the cluster and writes nothing; it is what a person sees before accepting one.',
        response: answers(OfferPlanSchema),
      },
    },
    () => planOffer(context),
  );

  api.post(
    '/cluster/accept',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'acceptCluster',
        summary: 'Use the cluster that was offered',
        description: 'A cluster that nobody named is offered and never touched before this.',
        body: AcceptClusterSchema,
        response: answers(FleetStateSchema),
      },
    },
    (request) => acceptCluster(context, request.body.context),
  );
}
