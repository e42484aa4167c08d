import { describe } from 'vitest';
import { deployment, waiting } from './status-fixture.ts';
import { testRows } from './status-rows.ts';

describe('the status of a bot: an image that does not come', () => {
  testRows([
    [
      'a tag that is not there',
      'error',
      'Image tag not found',
      'image',
      [deployment()],
      [waiting('ImagePullBackOff', 'manifest unknown')],
    ],
    [
      'an image name that is none',
      'error',
      'Image name is not valid',
      'image',
      [deployment()],
      [waiting('InvalidImageName')],
    ],
    [
      'a registry that refuses',
      'error',
      'Registry refuses the image',
      'pull_secret',
      [deployment()],
      [waiting('ErrImagePull', '401 Unauthorized')],
    ],
    [
      'a registry out of reach',
      'error',
      'Image cannot be pulled',
      'image',
      [deployment()],
      [waiting('ErrImagePull', 'dial tcp: lookup r.example: no such host')],
    ],
    [
      'an image whose name says denied',
      'error',
      'Image tag not found',
      'image',
      [deployment()],
      [waiting('ErrImagePull', 'failed to pull "r.example/denied/bot:1": r.example/denied/bot:1: not found')],
    ],
  ]);
});
