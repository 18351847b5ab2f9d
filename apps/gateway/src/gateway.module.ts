import { Module } from '@nestjs/common';
import { AccessHook } from './access/access.hook.js';
import { ApiKeys } from './access/api-keys.service.js';
import { Players } from './access/players.service.js';
import { RateLimits } from './rate-limits/rate-limits.service.js';
import { CatalogController } from './sdk/catalog.controller.js';
import { Catalogs } from './sdk/catalog.service.js';
import { EventsController } from './sdk/events.controller.js';
import { GrantsController } from './sdk/grants.controller.js';
import { HoldingsController } from './sdk/holdings.controller.js';
import { LeaderboardsController } from './sdk/leaderboards.controller.js';
import { Leaderboards } from './sdk/leaderboards.service.js';
import { PingController } from './sdk/ping.controller.js';
import { PlayersController } from './sdk/players.controller.js';
import { TimeController } from './sdk/time.controller.js';
import { BoardStreamsController } from './streams/board-streams.controller.js';
import { BoardStreams } from './streams/board-streams.service.js';

/** The only HTTP door: it authenticates, bounds, validates and forwards; it decides nothing. */
@Module({
  controllers: [
    PingController,
    TimeController,
    PlayersController,
    EventsController,
    LeaderboardsController,
    BoardStreamsController,
    GrantsController,
    HoldingsController,
    CatalogController,
  ],
  providers: [ApiKeys, Players, RateLimits, AccessHook, Leaderboards, BoardStreams, Catalogs],
})
export class GatewayModule {}
