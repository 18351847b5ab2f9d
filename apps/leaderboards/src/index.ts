import { defineService } from '@kraty/platform/bootstrap';
import { LeaderboardsConfiguration } from './leaderboards.configuration.js';
import { LeaderboardsModule } from './leaderboards.module.js';

export const service = defineService({
  name: 'leaderboards',
  module: LeaderboardsModule,
  configuration: LeaderboardsConfiguration,
});
