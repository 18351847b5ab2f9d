import { PingController } from '../../sdk/ping.controller.js';
import { TimeController } from '../../sdk/time.controller.js';
import { OpenApiController } from '../openapi.controller.js';
import { described, type DescribedOperation } from '../operation.js';

const apiKey = {
  id: '0198f0a1-0000-7000-8000-000000000001',
  prefix: 'p7Xk2LmA',
  permissionSet: 'client_sdk',
  environment: 'test',
  studioId: '0198f0a0-0000-7000-8000-000000000001',
  gameId: '0198f0a0-0000-7000-8000-000000000002',
};

const openApi: DescribedOperation = {
  id: 'readOpenApi',
  tag: 'Health',
  summary: 'This document',
  description: 'Needs no credentials.',
  replies: { 200: { description: 'The OpenAPI 3.1 document.', component: 'OpenApiDocument' } },
};

/** 02 §§1, 13; 03 §1. */
export const healthOperations = [
  described(PingController, {
    pingSdk: {
      id: 'ping',
      tag: 'Health',
      summary: 'Check the API key',
      replies: {
        200: {
          description: 'What the key is for, once bare and once in the envelope.',
          component: 'PingResponse',
          example: { ok: true, apiKey, data: { ok: true, apiKey } },
        },
      },
    },
    pingServer: {
      id: 'ping',
      tag: 'Health',
      summary: 'Check the API key',
      replies: {
        200: {
          description: 'What the key is for, once bare and once in the envelope.',
          component: 'ServerPingResponse',
        },
      },
    },
  }),
  described(TimeController, {
    read: {
      id: 'readTime',
      tag: 'Health',
      summary: "Read the server's clock",
      parameters: ['timezone'],
      replies: {
        200: {
          description: "The instant, and the zone's wall clock for display.",
          component: 'TimeResponse',
          example: {
            data: {
              epochMs: 1788249600000,
              iso: '2026-09-01T08:00:00.000Z',
              timezone: 'Europe/Lisbon',
              offsetMinutes: 60,
              local: '2026-09-01T09:00:00',
            },
          },
        },
      },
    },
  }),
  described(OpenApiController, { sdk: openApi, server: openApi }),
];
