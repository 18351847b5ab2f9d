import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { operatorWritesOf } from '@kraty/platform/operator-writes';
import { AdjustmentsHandler } from './adjustments/adjustments.handler.js';
import { AdjustmentsService } from './adjustments/adjustments.service.js';
import { AdministrationHandler } from './administration/administration.handler.js';
import { CatalogReadsService } from './administration/catalog-reads.service.js';
import { CatalogWritesService } from './administration/catalog-writes.service.js';
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
import { ImportsHandler } from './imports/imports.handler.js';
import { ImportsService } from './imports/imports.service.js';
import { InitialBalancesService } from './initial-balances/initial-balances.service.js';
import { InitialBalancesStore } from './initial-balances/initial-balances.store.js';
import { ChecksService } from './invariants/checks.service.js';
import { ChecksWorker } from './invariants/checks.worker.js';
import { FindingsService } from './invariants/findings.service.js';
import { InvariantsHandler } from './invariants/invariants.handler.js';
import { InvariantsService } from './invariants/invariants.service.js';
import { InvariantsStore } from './invariants/invariants.store.js';
import { LeftoversStore } from './invariants/leftovers.store.js';
import { JobsService } from './jobs/jobs.service.js';
import { JobsStore } from './jobs/jobs.store.js';
import { LaddersConsumer } from './ladders/ladders.consumer.js';
import { LaddersService } from './ladders/ladders.service.js';
import { LedgerBatches } from './ledger/ledger-batches.service.js';
import { LedgerWriter } from './ledger/ledger-writer.service.js';
import { LedgerStore } from './ledger/ledger.store.js';
import { OwnersStore } from './ledger/owners.store.js';
import { RecordsStore } from './ledger/records.store.js';
import { MergesHandler } from './merges/merges.handler.js';
import { MergesService } from './merges/merges.service.js';
import { MergesStore } from './merges/merges.store.js';
import { OperationsHandler } from './operations/operations.handler.js';
import { OperationsService } from './operations/operations.service.js';
import { LevelGrants } from './progression/level-grants.service.js';
import { ProgressionHandler } from './progression/progression.handler.js';
import { ProgressionService } from './progression/progression.service.js';
import { RecomputationService } from './recomputation/recomputation.service.js';
import { RecomputationStore } from './recomputation/recomputation.store.js';
import { RecomputationWorker } from './recomputation/recomputation.worker.js';
import { RefundQueue } from './reversals/refund-queue.service.js';
import { RefundsWorker } from './reversals/refunds.worker.js';
import { ReversalsHandler } from './reversals/reversals.handler.js';
import { ReversalsService } from './reversals/reversals.service.js';
import { ReversalsStore } from './reversals/reversals.store.js';
import { SpendingHandler } from './spending/spending.handler.js';
import { SpendingService } from './spending/spending.service.js';
import { GrantsConsumer } from './streams/grants.consumer.js';
import { InventoryStreams } from './streams/inventory-streams.service.js';

@Module({
  controllers: [
    AdjustmentsHandler,
    AdministrationHandler,
    CatalogHandler,
    ConfigurationHandler,
    GameSettingsConsumer,
    GrantsConsumer,
    HoldingsHandler,
    ImportsHandler,
    InvariantsHandler,
    LaddersConsumer,
    MergesHandler,
    OperationsHandler,
    ProgressionHandler,
    ReversalsHandler,
    SpendingHandler,
  ],
  providers: [
    AdjustmentsService,
    CatalogReadsService,
    ChecksService,
    ChecksWorker,
    FindingsService,
    CatalogWritesService,
    ConfigurationApplies,
    CatalogService,
    CatalogStore,
    ConfigurationService,
    GameSettingsService,
    GameSettingsStore,
    HoldingsService,
    HoldingsStore,
    ImportsService,
    InitialBalancesService,
    InitialBalancesStore,
    InventoryStreams,
    InvariantsService,
    InvariantsStore,
    LeftoversStore,
    JobsService,
    JobsStore,
    LaddersService,
    LedgerBatches,
    LedgerStore,
    LedgerWriter,
    LevelGrants,
    MergesService,
    MergesStore,
    OperationsService,
    operatorWritesOf('economy'),
    OwnersStore,
    ProgressionService,
    RecomputationService,
    RecomputationStore,
    RecomputationWorker,
    RecordsStore,
    RefundQueue,
    RefundsWorker,
    ReversalsService,
    ReversalsStore,
    SectionsStore,
    SpendingService,
  ],
})
export class EconomyModule {}
