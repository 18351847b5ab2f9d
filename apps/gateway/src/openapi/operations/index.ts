import type { DescribedController } from '../operation.js';
import { eventsOperations } from './events.operations.js';
import { grantsOperations } from './grants.operations.js';
import { catalogOperations, holdingsOperations, inventoryStreamOperations } from './holdings.operations.js';
import { healthOperations } from './health.operations.js';
import { leaderboardsOperations } from './leaderboards.operations.js';
import { playersOperations } from './players.operations.js';

/** Every controller with routes below `/sdk/v1` or `/server/v1`, described. */
export const describedControllers: readonly DescribedController[] = [
  ...healthOperations,
  eventsOperations,
  ...leaderboardsOperations,
  grantsOperations,
  playersOperations,
  holdingsOperations,
  inventoryStreamOperations,
  catalogOperations,
];
