import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { boardsConfigured } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import type { Definition } from './definition.js';
import { DefinitionsStore } from './definitions.store.js';

/** A fact drops entries at once; this bounds how long a lost one can mislead. Milliseconds. */
const entryAgeMaxMs = 10_000;
/** Games one process keeps in memory. */
const gamesMax = 1_000;

/** Boards a game can name, archived ones left out. */
export interface GameBoards {
  /** Of the game before those of its studio (06 §3). */
  byKey: ReadonlyMap<string, Definition>;
  /** Those that follow a progression, by its key. */
  byEconomyKey: ReadonlyMap<string, readonly Definition[]>;
}

interface Entry {
  boards: Promise<GameBoards>;
  readAtMs: number;
  studioId: string;
}

/** Definitions by game, kept in the process until they change. */
@Injectable()
export class Definitions implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly store: DefinitionsStore,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.stops = [
      this.messenger.onFact(boardsConfigured, (fact) => this.drop(fact.scope.studioId)),
      this.messenger.onReconnect(() => this.entries.clear()),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  async of(game: GameScope): Promise<GameBoards> {
    const known = this.entries.get(game.gameId);
    if (known && this.clock.nowMs() - known.readAtMs < entryAgeMaxMs) return known.boards;
    return this.load(game);
  }

  /** Null for a key that names no board, or an archived one. */
  async find(game: GameScope, key: string): Promise<Definition | null> {
    return (await this.of(game)).byKey.get(key) ?? null;
  }

  /** A studio's boards are seen by all of its games. */
  drop(studioId: string): void {
    for (const [gameId, entry] of this.entries) if (entry.studioId === studioId) this.entries.delete(gameId);
  }

  /** Callers that arrive while it is read share the reading; a failed one is forgotten. */
  private load({ studioId, gameId }: GameScope): Promise<GameBoards> {
    const boards = this.store.visible({ studioId, gameId }).then((definitions) => gameBoards(gameId, definitions));
    const entry: Entry = { boards, readAtMs: this.clock.nowMs(), studioId };
    boards.catch(() => this.entries.get(gameId) === entry && this.entries.delete(gameId));
    if (this.entries.size >= gamesMax) this.forgetOldest();
    this.entries.set(gameId, entry);
    return boards;
  }

  private forgetOldest(): void {
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}

function gameBoards(gameId: string, definitions: readonly Definition[]): GameBoards {
  const visible = definitions.filter(({ archived }) => !archived);
  // A studio's board also stands under its key in the game that defines it.
  const ofGame = ({ scope, gameId: owner }: Definition) => scope === 'game' && owner === gameId;
  const inOrder = [...visible.filter((one) => !ofGame(one)), ...visible.filter(ofGame)];
  const byEconomyKey = new Map<string, Definition[]>();
  for (const definition of visible) {
    if (definition.economyKey === null) continue;
    byEconomyKey.set(definition.economyKey, [...(byEconomyKey.get(definition.economyKey) ?? []), definition]);
  }
  return { byKey: new Map(inOrder.map((definition) => [definition.key, definition])), byEconomyKey };
}
