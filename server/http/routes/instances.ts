import type { AppContext } from '../../services/app-context.ts';
import Type from 'typebox';
import { fleetVersionOf } from '../../services/fleet/version.ts';
import { createInstance } from '../../services/instances/create.ts';
import { deleteInstance } from '../../services/instances/delete.ts';
import { offerPorts } from '../../services/instances/offer-ports.ts';
import { getInstance, writeInstances } from '../../services/instances/list.ts';
import { updateInstance } from '../../services/instances/update.ts';
import type { App } from '../app-type.ts';
import {
  CreateInstanceSchema,
  DeleteQuerySchema,
  InstanceListSchema,
  InstanceSchema,
  OfferedPortsSchema,
  UpdateInstanceSchema,
} from '../schemas/instance.ts';
import { IdParamsSchema, IfMatchSchema, PortsQuerySchema } from '../schemas/requests.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { ifMatchOf, isKnownVersion, setEtag } from '../etag.ts';
import { writesTo } from '../write-target.ts';
import { answers, createAnswers, writeAnswers } from './answers.ts';

const tags = ['instances'];

export function instanceRoutes(api: App, context: AppContext): void {
  api.get(
    '/instances',
    {
      schema: {
        tags,
        operationId: 'listInstances',
        summary: 'All bots',
        description: 'With an ETag; `If-None-Match` is answered with 304 while nothing has changed.',
        response: {
          ...answers(InstanceListSchema),
          304: Type.Unsafe<undefined>({ type: 'null', description: 'As it was.' }),
        },
      },
    },
    async (request, reply) => {
      // Of before the list: what changes while it is made is asked for again.
      if (!isKnownVersion(fleetVersionOf(context), request.headers['if-none-match'], reply)) {
        // Rows are what the schema says already; looking through each again would hold everybody up.
        const text = await writeInstances(context);
        reply.type('application/json; charset=utf-8').serializer(() => text);
        return [];
      }
      void reply.status(304).send(undefined);
      return undefined;
    },
  );

  api.post(
    '/instances',
    {
      schema: {
        tags,
        operationId: 'createInstance',
        summary: 'Create a bot',
        description: 'Its name comes from the display name. API keys are sealed at once and never sent back.',
        querystring: WriteQuerySchema,
        body: CreateInstanceSchema,
        response: createAnswers(InstanceSchema),
      },
    },
    async (request, reply) => {
      const written = await createInstance(writesTo(context, request.query, reply), request.body);
      setEtag(reply, written.value);
      reply.status(written.published ? 201 : 202);
      return written.value;
    },
  );

  api.get(
    '/node-ports',
    {
      schema: {
        tags,
        operationId: 'offerPorts',
        summary: 'The next free pair of node ports',
        querystring: PortsQuerySchema,
        response: answers(OfferedPortsSchema),
      },
    },
    (request) => offerPorts(context, request.query.instance),
  );

  api.get(
    '/instances/:id',
    {
      schema: {
        tags,
        operationId: 'getInstance',
        summary: 'One bot',
        params: IdParamsSchema,
        response: answers(InstanceSchema),
      },
    },
    (request, reply) => {
      const instance = getInstance(context, request.params.id);
      setEtag(reply, instance);
      return instance;
    },
  );

  api.put(
    '/instances/:id',
    {
      schema: {
        tags,
        operationId: 'updateInstance',
        summary: 'Change some fields of a bot',
        description:
          'Only what is given is changed. With If-Match, the change is merged on top of what main has become since that ' +
          'revision; a field that both sides changed is a conflict (409 with field, base, theirs and mine).',
        params: IdParamsSchema,
        headers: IfMatchSchema,
        querystring: WriteQuerySchema,
        body: UpdateInstanceSchema,
        response: writeAnswers(InstanceSchema),
      },
    },
    async (request, reply) => {
      const base = ifMatchOf(request.headers['if-match']);
      const written = await updateInstance(
        writesTo(context, request.query, reply),
        request.params.id,
        request.body,
        base,
      );
      setEtag(reply, written.value);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );

  api.delete(
    '/instances/:id',
    {
      schema: {
        tags,
        operationId: 'deleteInstance',
        summary: 'Delete a bot',
        description: 'Removes every object of it; its data volumes only with `data=destroy`.',
        params: IdParamsSchema,
        querystring: DeleteQuerySchema,
        response: writeAnswers(InstanceSchema),
      },
    },
    async (request, reply) => {
      const written = await deleteInstance(
        writesTo(context, request.query, reply),
        request.params.id,
        request.query.data ?? 'retain',
      );
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );
}
