import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { operatorWritesOf } from '@kraty/platform/operator-writes';
import { AdministrationHandler } from './administration/administration.handler.js';
import { RewardReadsService } from './administration/reward-reads.service.js';
import { RewardWritesService } from './administration/reward-writes.service.js';
import { BundlesHandler } from './bundles/bundles.handler.js';
import { BundlesService } from './bundles/bundles.service.js';
import { RewardObjectsStore } from './bundles/reward-objects.store.js';
import { CatalogService } from './catalog/catalog.service.js';
import { ClaimBatchesService } from './claims/claim-batches.service.js';
import { ClaimsHandler } from './claims/claims.handler.js';
import { ClaimsService } from './claims/claims.service.js';
import { ClaimsStore } from './claims/claims.store.js';
import { DepositsService } from './claims/deposits.service.js';
import { RecoveryService } from './claims/recovery.service.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { ConfigurationService } from './configuration/configuration.service.js';
import { SectionWritesService } from './configuration/section-writes.service.js';
import { SectionsStore } from './configuration/sections.store.js';
import { CratesHandler } from './crates/crates.handler.js';
import { CratesService } from './crates/crates.service.js';
import { CratesStore } from './crates/crates.store.js';
import { CreationHandler } from './creation/creation.handler.js';
import { CreationService } from './creation/creation.service.js';
import { CreationStore } from './creation/creation.store.js';
import { SelfGrantsService } from './creation/self-grants.service.js';
import { ExpiriesService } from './expiry/expiries.service.js';
import { ExpiryStore } from './expiry/expiry.store.js';
import { SweepService } from './expiry/sweep.service.js';
import { GameSettingsConsumer } from './game-settings/game-settings.consumer.js';
import { GameSettingsService } from './game-settings/game-settings.service.js';
import { GameSettingsStore } from './game-settings/game-settings.store.js';
import { GrantWritesStore } from './grants/grant-writes.store.js';
import { GrantsHandler } from './grants/grants.handler.js';
import { GrantsService } from './grants/grants.service.js';
import { GrantsStore } from './grants/grants.store.js';
import { ChecksWorker } from './invariants/checks.worker.js';
import { FindingsService } from './invariants/findings.service.js';
import { InvariantsHandler } from './invariants/invariants.handler.js';
import { InvariantsService } from './invariants/invariants.service.js';
import { InvariantsStore } from './invariants/invariants.store.js';
import { LifecycleHandler } from './lifecycle/lifecycle.handler.js';
import { LifecycleService } from './lifecycle/lifecycle.service.js';
import { LifecycleStore } from './lifecycle/lifecycle.store.js';
import { OddsReportsService } from './odds/odds-reports.service.js';
import { OddsHandler } from './odds/odds.handler.js';
import { OddsService } from './odds/odds.service.js';
import { OddsStore } from './odds/odds.store.js';
import { ForceClaimsService } from './operator-actions/force-claims.service.js';
import { ManualGrantsService } from './operator-actions/manual-grants.service.js';
import { OperatorActionsHandler } from './operator-actions/operator-actions.handler.js';
import { RetryOrdersService } from './operator-actions/retry-orders.service.js';
import { RetryRollsService } from './operator-actions/retry-rolls.service.js';
import { PayoutReadsService } from './payouts/payout-reads.service.js';
import { PayoutReadsStore } from './payouts/payout-reads.store.js';
import { PayoutsConsumer } from './payouts/payouts.consumer.js';
import { PayoutsHandler } from './payouts/payouts.handler.js';
import { PayoutsService } from './payouts/payouts.service.js';
import { PayoutsStore } from './payouts/payouts.store.js';
import { RollsService } from './payouts/rolls.service.js';
import { RepairRoundsService } from './repairs/repair-rounds.service.js';
import { RepairsConsumer } from './repairs/repairs.consumer.js';
import { RepairsService } from './repairs/repairs.service.js';
import { RepairsStore } from './repairs/repairs.store.js';
import { RollSecretsService } from './roll-secrets/roll-secrets.service.js';
import { RollSecretsStore } from './roll-secrets/roll-secrets.store.js';
import { PinnedService } from './rolls/pinned.service.js';
import { PinnedStore } from './rolls/pinned.store.js';
import { FinalBoardsService } from './settlements/final-boards.service.js';
import { PoolsStore } from './settlements/pools.store.js';
import { SettlementRoundsService } from './settlements/settlement-rounds.service.js';
import { SettlementsConsumer } from './settlements/settlements.consumer.js';
import { SettlementsService } from './settlements/settlements.service.js';
import { SettlementsStore } from './settlements/settlements.store.js';
import { WindowPoliciesService } from './settlements/window-policies.service.js';
import { WinnersService } from './settlements/winners.service.js';

@Module({
  controllers: [
    AdministrationHandler,
    BundlesHandler,
    ClaimsHandler,
    ConfigurationHandler,
    CratesHandler,
    CreationHandler,
    GameSettingsConsumer,
    GrantsHandler,
    InvariantsHandler,
    LifecycleHandler,
    OddsHandler,
    OperatorActionsHandler,
    PayoutsConsumer,
    PayoutsHandler,
    RepairsConsumer,
    SettlementsConsumer,
  ],
  providers: [
    BundlesService,
    CatalogService,
    ChecksWorker,
    ClaimBatchesService,
    ClaimsService,
    ClaimsStore,
    ConfigurationApplies,
    ConfigurationService,
    CratesService,
    CratesStore,
    CreationService,
    CreationStore,
    DepositsService,
    ExpiriesService,
    ExpiryStore,
    FinalBoardsService,
    FindingsService,
    ForceClaimsService,
    GameSettingsService,
    GameSettingsStore,
    GrantWritesStore,
    GrantsService,
    GrantsStore,
    InvariantsService,
    InvariantsStore,
    LifecycleService,
    LifecycleStore,
    ManualGrantsService,
    OddsReportsService,
    OddsService,
    operatorWritesOf('grants'),
    OddsStore,
    PayoutReadsService,
    PayoutReadsStore,
    PayoutsService,
    PayoutsStore,
    PinnedService,
    PinnedStore,
    PoolsStore,
    RecoveryService,
    RepairRoundsService,
    RepairsService,
    RepairsStore,
    RetryOrdersService,
    RetryRollsService,
    RewardObjectsStore,
    RewardReadsService,
    RewardWritesService,
    RollSecretsService,
    RollSecretsStore,
    RollsService,
    SectionWritesService,
    SectionsStore,
    SelfGrantsService,
    SettlementRoundsService,
    SettlementsService,
    SettlementsStore,
    SweepService,
    WindowPoliciesService,
    WinnersService,
  ],
})
export class GrantsModule {}
