import { Module } from '@nestjs/common';
import { AccessHook } from './access/access.hook.js';
import { ApiKeys } from './access/api-keys.service.js';
import { FailedChecks } from './access/failed-checks.service.js';
import { FirstContacts } from './access/first-contacts.service.js';
import { Players } from './access/players.service.js';
import { AdjustmentsController } from './admin/adjustments.controller.js';
import { ApiKeysController } from './admin/api-keys.controller.js';
import { BotWorkbenchController } from './admin/bot-workbench.controller.js';
import { configuredObjectsControllers } from './admin/configured-objects.controllers.js';
import { AuditController } from './admin/audit.controller.js';
import { AuthController } from './admin/auth.controller.js';
import { CurrenciesController, ItemsController, ItemTypesController } from './admin/catalog.controller.js';
import { BoardsController } from './admin/boards.controller.js';
import { ConfigurationController } from './admin/configuration.controller.js';
import { EventSupportController } from './admin/event-support.controller.js';
import { EventWindowsController } from './admin/event-windows.controller.js';
import { EventDefinitionsController } from './admin/events.controller.js';
import { GamesController } from './admin/games.controller.js';
import { AdminGrantsController } from './admin/grants.controller.js';
import { OperatorHook } from './admin/operator.hook.js';
import { OwnCredentialsController } from './admin/own-credentials.controller.js';
import { PermissionsController } from './admin/permissions.controller.js';
import { RewardBundlesController } from './admin/reward-objects.controller.js';
import { RewardTablesController } from './admin/reward-tables.controller.js';
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
import { DefinedBoardsController } from './sdk/defined-boards.controller.js';
import { EventsController } from './sdk/events.controller.js';
import { GrantsController } from './sdk/grants.controller.js';
import { HoldingsController } from './sdk/holdings.controller.js';
import { LeaderboardsController } from './sdk/leaderboards.controller.js';
import { Leaderboards } from './sdk/leaderboards.service.js';
import { PingController } from './sdk/ping.controller.js';
import { PlayersController } from './sdk/players.controller.js';
import { TimeController } from './sdk/time.controller.js';
import { BoardChannels } from './streams/board-channels.service.js';
import { BoardStreamsController } from './streams/board-streams.controller.js';
import { BoardStreams } from './streams/board-streams.service.js';
import { Heartbeats } from './streams/heartbeats.service.js';
import { InventoryStreamsController } from './streams/inventory-streams.controller.js';
import { InventoryStreams } from './streams/inventory-streams.service.js';
import { OperatorBoardStreamsController } from './streams/operator-board-streams.controller.js';
import { OperatorBoardStreams } from './streams/operator-board-streams.service.js';

const sdkControllers = [
  PingController,
  TimeController,
  PlayersController,
  EventsController,
  LeaderboardsController,
  DefinedBoardsController,
  BoardStreamsController,
  GrantsController,
  HoldingsController,
  InventoryStreamsController,
  CatalogController,
];

const adminControllers = [
  BotWorkbenchController,
  ...configuredObjectsControllers,
  AuthController,
  OwnCredentialsController,
  PermissionsController,
  StudiosController,
  GamesController,
  SettingsController,
  ApiKeysController,
  AuditController,
  ConfigurationController,
  AdminGrantsController,
  RewardBundlesController,
  RewardTablesController,
  ItemsController,
  ItemTypesController,
  CurrenciesController,
  AdjustmentsController,
  EventDefinitionsController,
  EventWindowsController,
  EventSupportController,
  BoardsController,
  OperatorBoardStreamsController,
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
    FirstContacts,
    AccessHook,
    OperatorHook,
    SessionCookies,
    Leaderboards,
    BoardChannels,
    BoardStreams,
    Heartbeats,
    InventoryStreams,
    OperatorBoardStreams,
    Catalogs,
    Documents,
  ],
})
export class GatewayModule {}
