import { Module } from '@nestjs/common';
import { ConfigurationApplies } from '@kraty/platform/configuration-applies';
import { operatorWritesOf } from '@kraty/platform/operator-writes';
import { BotSimulations } from './administration/bot-simulations.service.js';
import { ConfiguredObjectsHandler } from './administration/configured-objects.handler.js';
import { ConfiguredObjects } from './administration/configured-objects.service.js';
import { ConfiguredReads } from './administration/configured-reads.service.js';
import { EntryRemovals } from './administration/entry-removals.service.js';
import { IdentityImports } from './administration/identity-imports.service.js';
import { ListInspections } from './administration/list-inspections.service.js';
import { RankedListFinder } from './administration/ranked-list-finder.service.js';
import { RankedListsHandler } from './administration/ranked-lists.handler.js';
import { RankedLists } from './administration/ranked-lists.service.js';
import { RankedListsStore } from './administration/ranked-lists.store.js';
import { RemovalsStore } from './administration/removals.store.js';
import { BalancesConsumer } from './balances/balances.consumer.js';
import { RankedBalances } from './balances/ranked-balances.service.js';
import { BoardsConsumer } from './boards/boards.consumer.js';
import { Boards } from './boards/boards.service.js';
import { BoardsStore } from './boards/boards.store.js';
import { BotDefinitionsStore } from './bots/bot-definitions.store.js';
import { BotsConfiguration } from './bots/bots-configuration.service.js';
import { BotIdentities } from './bots/bot-identities.service.js';
import { Crowds } from './bots/crowds.service.js';
import { RosterCache } from './bots/roster-cache.js';
import { Rosters } from './bots/rosters.service.js';
import { RostersStore } from './bots/rosters.store.js';
import { Sights } from './bots/sights.service.js';
import { SightsStore } from './bots/sights.store.js';
import { ClearingStore } from './clearing/clearing.store.js';
import { ClearingWorker } from './clearing/clearing.worker.js';
import { ConfigurationHandler } from './configuration/configuration.handler.js';
import { ConfigurationService } from './configuration/configuration.service.js';
import { Definitions } from './definitions/definitions.service.js';
import { DefinitionsStore } from './definitions/definitions.store.js';
import { DirectHandler } from './direct/direct.handler.js';
import { DirectScores } from './direct/direct-scores.service.js';
import { Joins } from './direct/joins.service.js';
import { Placement } from './direct/placement.service.js';
import { AwaitedWrites } from './finalization/awaited-writes.service.js';
import { FinalStandings } from './finalization/final-standings.service.js';
import { FinalizationConsumer } from './finalization/finalization.consumer.js';
import { FinalizationHandler } from './finalization/finalization.handler.js';
import { Finalization } from './finalization/finalization.service.js';
import { Freezes } from './finalization/freezes.service.js';
import { FreezesStore } from './finalization/freezes.store.js';
import { FreezesWorker } from './finalization/freezes.worker.js';
import { Freezing } from './finalization/freezing.service.js';
import { FrozenBoardsStore } from './finalization/frozen-boards.store.js';
import { GameSettingsConsumer } from './game-settings/game-settings.consumer.js';
import { GameSettings } from './game-settings/game-settings.service.js';
import { GameSettingsStore } from './game-settings/game-settings.store.js';
import { Histories } from './history/histories.service.js';
import { HistoryStore } from './history/history.store.js';
import { HistoryWorker } from './history/history.worker.js';
import { IdentityPoolsStore } from './identity-pools/identity-pools.store.js';
import { Ladders } from './ladders/ladders.service.js';
import { ListChanges } from './live/list-changes.service.js';
import { ListStreamsHandler } from './live/list-streams.handler.js';
import { MergedBalances } from './merges/merged-balances.service.js';
import { MergedPlayers } from './merges/merged-players.service.js';
import { MergedPlayersStore } from './merges/merged-players.store.js';
import { MergesHandler } from './merges/merges.handler.js';
import { Merges } from './merges/merges.service.js';
import { MergesStore } from './merges/merges.store.js';
import { Routes } from './merges/routes.service.js';
import { RowMerges } from './merges/row-merges.service.js';
import { OverridesConsumer } from './overrides/overrides.consumer.js';
import { Overrides } from './overrides/overrides.service.js';
import { Parts } from './parts/parts.service.js';
import { PartsStore } from './parts/parts.store.js';
import { Periods } from './periods/periods.service.js';
import { PeriodsStore } from './periods/periods.store.js';
import { PeriodsWorker } from './periods/periods.worker.js';
import { ProfilesConsumer } from './profiles/profiles.consumer.js';
import { Profiles } from './profiles/profiles.service.js';
import { ProfilesStore } from './profiles/profiles.store.js';
import { IndexComparisonWorker } from './ranks/index-comparison.worker.js';
import { IndexRepairWorker } from './ranks/index-repair.worker.js';
import { Ranks } from './ranks/ranks.service.js';
import { RanksStore } from './ranks/ranks.store.js';
import { RowReads } from './ranks/row-reads.service.js';
import { BoardRowsService } from './reads/board-rows.service.js';
import { DefinedBoardsHandler } from './reads/defined-boards.handler.js';
import { DefinedBoards } from './reads/defined-boards.service.js';
import { PlayerStandings } from './reads/player-standings.service.js';
import { ReadsHandler } from './reads/reads.handler.js';
import { Reads } from './reads/reads.service.js';
import { StandingsReads } from './reads/standings.service.js';
import { ContributedBoards } from './scores/contributed-boards.service.js';
import { Contributions } from './scores/contributions.service.js';
import { ContributionsStore } from './scores/contributions.store.js';
import { PassedOver } from './scores/passed-over.service.js';
import { ScoreFrames } from './scores/score-frames.service.js';
import { ScoresConsumer } from './scores/scores.consumer.js';
import { Scores } from './scores/scores.service.js';
import { ScoresStore } from './scores/scores.store.js';
import { Segments } from './segments/segments.service.js';
import { SegmentsStore } from './segments/segments.store.js';

const consumers = [
  BalancesConsumer,
  BoardsConsumer,
  FinalizationConsumer,
  GameSettingsConsumer,
  OverridesConsumer,
  ProfilesConsumer,
  ScoresConsumer,
];
const handlers = [
  ConfigurationHandler,
  ConfiguredObjectsHandler,
  DefinedBoardsHandler,
  DirectHandler,
  FinalizationHandler,
  ListStreamsHandler,
  MergesHandler,
  RankedListsHandler,
  ReadsHandler,
];
const workers = [ClearingWorker, FreezesWorker, HistoryWorker, IndexComparisonWorker, IndexRepairWorker, PeriodsWorker];
const stores = [
  BoardsStore,
  BotDefinitionsStore,
  ClearingStore,
  ContributionsStore,
  DefinitionsStore,
  FreezesStore,
  FrozenBoardsStore,
  GameSettingsStore,
  HistoryStore,
  IdentityPoolsStore,
  MergedPlayersStore,
  MergesStore,
  PartsStore,
  RankedListsStore,
  PeriodsStore,
  ProfilesStore,
  RanksStore,
  RemovalsStore,
  RostersStore,
  ScoresStore,
  SegmentsStore,
  SightsStore,
];
const services = [
  AwaitedWrites,
  BoardRowsService,
  Boards,
  BotIdentities,
  BotsConfiguration,
  BotSimulations,
  ConfigurationApplies,
  operatorWritesOf('leaderboards'),
  ConfigurationService,
  ConfiguredObjects,
  ConfiguredReads,
  ContributedBoards,
  Contributions,
  Crowds,
  DefinedBoards,
  Definitions,
  DirectScores,
  EntryRemovals,
  Finalization,
  FinalStandings,
  Freezes,
  Freezing,
  GameSettings,
  Histories,
  IdentityImports,
  Joins,
  Ladders,
  ListChanges,
  ListInspections,
  MergedBalances,
  MergedPlayers,
  Merges,
  Overrides,
  Parts,
  PassedOver,
  Periods,
  Placement,
  Profiles,
  RankedBalances,
  RankedListFinder,
  RankedLists,
  Ranks,
  Reads,
  RosterCache,
  Rosters,
  RowReads,
  Routes,
  RowMerges,
  ScoreFrames,
  Scores,
  Segments,
  Sights,
  StandingsReads,
  PlayerStandings,
];

/** Boards, scores and ranks. */
@Module({ controllers: [...consumers, ...handlers], providers: [...workers, ...stores, ...services] })
export class LeaderboardsModule {}
