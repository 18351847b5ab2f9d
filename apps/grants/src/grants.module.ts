import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { BundlesHandler } from './bundles/bundles.handler.js';
import { BundlesService } from './bundles/bundles.service.js';
import { BundlesStore } from './bundles/bundles.store.js';
import { ClaimsHandler } from './claims/claims.handler.js';
import { ClaimsService } from './claims/claims.service.js';
import { ClaimsStore } from './claims/claims.store.js';
import { DepositsService } from './claims/deposits.service.js';
import { RecoveryService } from './claims/recovery.service.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { ConfigurationService } from './configuration/configuration.service.js';
import { SectionsStore } from './configuration/sections.store.js';
import { ExpiryStore } from './expiry/expiry.store.js';
import { SweepService } from './expiry/sweep.service.js';
import { GameSettingsConsumer } from './game-settings/game-settings.consumer.js';
import { GameSettingsService } from './game-settings/game-settings.service.js';
import { GameSettingsStore } from './game-settings/game-settings.store.js';
import { GrantsHandler } from './grants/grants.handler.js';
import { GrantsService } from './grants/grants.service.js';
import { GrantsStore } from './grants/grants.store.js';
import { PayoutsConsumer } from './payouts/payouts.consumer.js';
import { PayoutsService } from './payouts/payouts.service.js';
import { PayoutsStore } from './payouts/payouts.store.js';
import { RollSecretsService } from './roll-secrets/roll-secrets.service.js';
import { RollSecretsStore } from './roll-secrets/roll-secrets.store.js';

@Module({
  controllers: [
    BundlesHandler,
    ClaimsHandler,
    ConfigurationHandler,
    GameSettingsConsumer,
    GrantsHandler,
    PayoutsConsumer,
  ],
  providers: [
    BundlesService,
    BundlesStore,
    ClaimsService,
    ClaimsStore,
    ConfigurationApplies,
    ConfigurationService,
    DepositsService,
    ExpiryStore,
    GameSettingsService,
    GameSettingsStore,
    GrantsService,
    GrantsStore,
    PayoutsService,
    PayoutsStore,
    RecoveryService,
    RollSecretsService,
    RollSecretsStore,
    SectionsStore,
    SweepService,
  ],
})
export class GrantsModule {}
