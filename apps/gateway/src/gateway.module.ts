import { Module } from '@nestjs/common';
import { AccessHook } from './access/access.hook.js';
import { ApiKeys } from './access/api-keys.service.js';
import { FailedChecks } from './access/failed-checks.service.js';
import { Players } from './access/players.service.js';
import { ApiKeysController } from './admin/api-keys.controller.js';
import { AuditController } from './admin/audit.controller.js';
import { AuthController } from './admin/auth.controller.js';
import { ConfigurationController } from './admin/configuration.controller.js';
import { GamesController } from './admin/games.controller.js';
import { OperatorHook } from './admin/operator.hook.js';
import { OwnCredentialsController } from './admin/own-credentials.controller.js';
import { PermissionsController } from './admin/permissions.controller.js';
import { SessionCookies } from './admin/session-cookies.service.js';
import { SettingsController } from './admin/settings.controller.js';
import { StudiosController } from './admin/studios.controller.js';
import { HealthController } from './health/health.controller.js';
import { RequestMetrics } from './http/request-metrics.service.js';
import { Documents } from './openapi/documents.service.js';
import { OpenApiController } from './openapi/openapi.controller.js';
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

const sdkControllers = [
  PingController,
  TimeController,
  PlayersController,
  EventsController,
  LeaderboardsController,
  BoardStreamsController,
  GrantsController,
  HoldingsController,
  CatalogController,
];

const adminControllers = [
  AuthController,
  OwnCredentialsController,
  PermissionsController,
  StudiosController,
  GamesController,
  SettingsController,
  ApiKeysController,
  AuditController,
  ConfigurationController,
];

/** The only HTTP door: it authenticates, bounds, validates and forwards; it decides nothing. */
@Module({
  controllers: [...sdkControllers, ...adminControllers, HealthController, OpenApiController],
  providers: [
    ApiKeys,
    Players,
    RateLimits,
    RequestMetrics,
    FailedChecks,
    AccessHook,
    OperatorHook,
    SessionCookies,
    Leaderboards,
    BoardStreams,
    Catalogs,
    Documents,
  ],
})
export class GatewayModule {}
