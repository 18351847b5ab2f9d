import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { CatalogHandler } from './catalog/catalog.handler.js';
import { CatalogService } from './catalog/catalog.service.js';
import { CatalogStore } from './catalog/catalog.store.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { ConfigurationService } from './configuration/configuration.service.js';
import { SectionsStore } from './configuration/sections.store.js';
import { GameSettingsConsumer } from './game-settings/game-settings.consumer.js';
import { GameSettingsService } from './game-settings/game-settings.service.js';
import { GameSettingsStore } from './game-settings/game-settings.store.js';
import { HoldingsHandler } from './holdings/holdings.handler.js';
import { HoldingsService } from './holdings/holdings.service.js';
import { HoldingsStore } from './holdings/holdings.store.js';
import { InitialBalancesService } from './initial-balances/initial-balances.service.js';
import { InitialBalancesStore } from './initial-balances/initial-balances.store.js';
import { LedgerStore } from './ledger/ledger.store.js';
import { OperationsHandler } from './operations/operations.handler.js';
import { OperationsService } from './operations/operations.service.js';
import { OperationsStore } from './operations/operations.store.js';
import { SpendingHandler } from './spending/spending.handler.js';
import { SpendingService } from './spending/spending.service.js';
import { SpendingStore } from './spending/spending.store.js';

@Module({
  controllers: [
    CatalogHandler,
    ConfigurationHandler,
    GameSettingsConsumer,
    HoldingsHandler,
    OperationsHandler,
    SpendingHandler,
  ],
  providers: [
    ConfigurationApplies,
    CatalogService,
    CatalogStore,
    ConfigurationService,
    GameSettingsService,
    GameSettingsStore,
    HoldingsService,
    HoldingsStore,
    InitialBalancesService,
    InitialBalancesStore,
    LedgerStore,
    OperationsService,
    OperationsStore,
    SectionsStore,
    SpendingService,
    SpendingStore,
  ],
})
export class EconomyModule {}
