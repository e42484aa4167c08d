import type { AppContext } from '../../services/app-context.ts';
import { previewChange, previewCreate, previewSettings } from '../../services/instances/previews.ts';
import type { App } from '../app-type.ts';
import { CreateInstanceSchema } from '../schemas/instance.ts';
import { ChangeRequestSchema, IdParamsSchema } from '../schemas/requests.ts';
import { UpdateSettingsSchema } from '../schemas/settings.ts';
import { PreviewSchema } from '../schemas/answers.ts';
import { answers } from './answers.ts';

const tags = ['previews'];

export function previewRoutes(api: App, context: AppContext): void {
  api.post(
    '/instances/preview',
    {
      schema: {
        tags,
        operationId: 'previewCreate',
        summary: 'What creating this bot would commit',
        body: CreateInstanceSchema,
        response: answers(PreviewSchema),
      },
    },
    (request) => previewCreate(context, request.body),
  );

  api.post(
    '/instances/:id/preview',
    {
      schema: {
        tags,
        operationId: 'previewChange',
        summary: 'What a change of this bot would commit',
        params: IdParamsSchema,
        body: ChangeRequestSchema,
        response: answers(PreviewSchema),
      },
    },
    (request) => previewChange(context, request.params.id, request.body),
  );

  api.post(
    '/settings/preview',
    {
      schema: {
        tags,
        operationId: 'previewSettings',
        summary: 'What a change of the settings would commit',
        body: UpdateSettingsSchema,
        response: answers(PreviewSchema),
      },
    },
    (request) => previewSettings(context, request.body),
  );
}
