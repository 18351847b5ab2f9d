import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { operatorWritesOf } from '@kraty/platform/operator-writes';
import { Anomalies } from './administration/anomalies.service.js';
import { AnomaliesStore } from './administration/anomalies.store.js';
import { DefinitionsHandler } from './administration/definitions.handler.js';
import { EventEditing } from './administration/event-editing.service.js';
import { EventLocks } from './administration/event-locks.service.js';
import { EventReads } from './administration/event-reads.service.js';
import { EventViews } from './administration/event-views.service.js';
import { ForceCompletions } from './administration/force-completion.service.js';
import { ForceCompletionStore } from './administration/force-completion.store.js';
import { GrantCountsConsumer } from './administration/grant-counts.consumer.js';
import { GrantCounts } from './administration/grant-counts.service.js';
import { GrantCountsStore } from './administration/grant-counts.store.js';
import { Lifecycle } from './administration/lifecycle.service.js';
import { NamedKeys } from './administration/named-keys.service.js';
import { GameReferences } from './administration/references.service.js';
import { Statistics } from './administration/statistics.service.js';
import { StatisticsStore } from './administration/statistics.store.js';
import { SupportHandler } from './administration/support.handler.js';
import { WindowViewsStore } from './administration/window-views.store.js';
import { AnomalyRetentionConsumer } from './anti-cheat/anomaly-retention.consumer.js';
import { AnomalyRetention } from './anti-cheat/anomaly-retention.service.js';
import { AnomalyRetentionStore } from './anti-cheat/anomaly-retention.store.js';
import { AnomalyRetentionWorker } from './anti-cheat/anomaly-retention.worker.js';
import { Admissions } from './attempts/admissions.service.js';
import { AttemptsHandler } from './attempts/attempts.handler.js';
import { AttemptsStore } from './attempts/attempts.store.js';
import { Endings } from './attempts/endings.service.js';
import { ExpiryWorker } from './attempts/expiry.worker.js';
import { Finishes } from './attempts/finish.service.js';
import { Openings } from './attempts/openings.service.js';
import { ParkedAttemptsStore } from './attempts/parked-attempts.store.js';
import { Starts } from './attempts/start.service.js';
import { StartStore } from './attempts/start.store.js';
import { FreshStartsStore } from './attempts/fresh-starts.store.js';
import { StartsTogether } from './attempts/starts-together.service.js';
import { ContextsStore } from './conditions/contexts.store.js';
import { CompletionsStore } from './conditions/completions.store.js';
import { PlayerFactsReader } from './conditions/player-facts.service.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { EventsConfigurationService } from './configuration/configuration.service.js';
import { DocumentWrites } from './configuration/document-writes.service.js';
import { EventWrites } from './definitions/event-writes.service.js';
import { Definitions } from './definitions/definitions.service.js';
import { DefinitionsStore } from './definitions/definitions.store.js';
import { Charges } from './entry-cost/charges.service.js';
import { ChargesStore } from './entry-cost/charges.store.js';
import { ChargesWorker } from './entry-cost/charges.worker.js';
import { BundlePreviews } from './listing/bundle-previews.service.js';
import { ListingHandler } from './listing/listing.handler.js';
import { Listings } from './listing/listing.service.js';
import { BoardsHandler } from './placement/boards.handler.js';
import { Boards } from './placement/boards.service.js';
import { BoardsStore } from './placement/boards.store.js';
import { DocumentOverrides } from './overrides/document-overrides.service.js';
import { DocumentOverridesStore } from './overrides/document-overrides.store.js';
import { OverridesStore } from './overrides/overrides.store.js';
import { Overrides } from './overrides/overrides.service.js';
import { WindowsHandler } from './overrides/windows.handler.js';
import { Placement } from './placement/placement.service.js';
import { Seats } from './placement/seats.service.js';
import { SeatsStore } from './placement/seats.store.js';
import { PreviewHandler } from './preview/preview.handler.js';
import { Previews } from './preview/preview.service.js';
import { MilestonePayouts } from './milestones/milestone-payouts.service.js';
import { KnownRepliesStore } from './progress/known-replies.store.js';
import { ProgressBatches } from './progress/progress-batch.service.js';
import { Progress } from './progress/progress.service.js';
import { ProgressReplies } from './progress/progress-replies.service.js';
import { ProgressStore } from './progress/progress.store.js';
import { SettledAttempts } from './standings/settled-attempts.service.js';
import { SettledAttemptsStore } from './standings/settled-attempts.store.js';
import { StandingsHandler } from './standings/standings.handler.js';
import { Standings } from './standings/standings.service.js';
import { StandingsStore } from './standings/standings.store.js';
import { Closing } from './windows/closing.service.js';
import { HorizonWorker } from './windows/horizon.worker.js';
import { Windows } from './windows/windows.service.js';
import { WindowsStore } from './windows/windows.store.js';
import { WindowsWorker } from './windows/windows.worker.js';
import { RewardedAttemptsHandler } from './rewarded-attempts/rewarded-attempts.handler.js';
import { RewardedAttempts } from './rewarded-attempts/rewarded-attempts.service.js';
import { RewardedAttemptsStore } from './rewarded-attempts/rewarded-attempts.store.js';

/** Steps of a start (05 §8.1). */
const starting = [
  Admissions,
  Charges,
  ChargesStore,
  ChargesWorker,
  CompletionsStore,
  ContextsStore,
  Openings,
  Placement,
  PlayerFactsReader,
];

/** What operators read and do (04 §§5, 8). */
const administration = [
  Anomalies,
  AnomaliesStore,
  EventEditing,
  EventLocks,
  EventReads,
  EventViews,
  ForceCompletions,
  ForceCompletionStore,
  GameReferences,
  NamedKeys,
  GrantCounts,
  GrantCountsStore,
  Lifecycle,
  operatorWritesOf('events'),
  Overrides,
  DocumentOverrides,
  Previews,
  Statistics,
  StatisticsStore,
  WindowViewsStore,
];
const administrationHandlers = [
  DefinitionsHandler,
  GrantCountsConsumer,
  PreviewHandler,
  SupportHandler,
  WindowsHandler,
];

@Module({
  controllers: [
    ...administrationHandlers,
    AnomalyRetentionConsumer,
    AttemptsHandler,
    BoardsHandler,
    ConfigurationHandler,
    ListingHandler,
    RewardedAttemptsHandler,
    StandingsHandler,
  ],
  providers: [
    AnomalyRetention,
    AnomalyRetentionStore,
    AnomalyRetentionWorker,
    AttemptsStore,
    Boards,
    BoardsStore,
    BundlePreviews,
    Closing,
    ConfigurationApplies,
    Definitions,
    DefinitionsStore,
    Endings,
    EventsConfigurationService,
    DocumentWrites,
    EventWrites,
    ExpiryWorker,
    Finishes,
    HorizonWorker,
    Listings,
    OverridesStore,
    DocumentOverridesStore,
    ParkedAttemptsStore,
    Progress,
    MilestonePayouts,
    KnownRepliesStore,
    ProgressBatches,
    ProgressReplies,
    ProgressStore,
    RewardedAttempts,
    RewardedAttemptsStore,
    SettledAttempts,
    SettledAttemptsStore,
    Standings,
    StandingsStore,
    Seats,
    SeatsStore,
    ...administration,
    ...starting,
    Starts,
    StartStore,
    StartsTogether,
    FreshStartsStore,
    Windows,
    WindowsStore,
    WindowsWorker,
  ],
})
export class EventsModule {}
