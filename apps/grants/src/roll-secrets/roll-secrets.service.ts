import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { GrantsConfiguration } from '../grants.configuration.js';
import { RollSecretsStore, type SealedRollSecret } from './roll-secrets.store.js';
import { openSecret, sealSecret } from './sealed-secret.js';

const secretBytes = 32;
const firstVersion = 1;
/** Games one process keeps open secrets of. */
const gamesMax = 10_000;

export interface RollSecret {
  version: number;
  bytes: Buffer;
}

/** The secret that seeds every roll of a game: made once, sealed at rest, never exposed (07 §3.2). */
@Injectable()
export class RollSecretsService {
  private readonly masterKey: Buffer;
  private readonly opened = new Map<string, RollSecret>();

  constructor(
    private readonly store: RollSecretsStore,
    private readonly clock: Clock,
    configuration: GrantsConfiguration,
  ) {
    this.masterKey = Buffer.from(configuration.masterKey, 'base64');
  }

  /** The secret in use, made now if the game has none. */
  async secretOf(game: GameScope): Promise<RollSecret> {
    const known = this.opened.get(game.gameId);
    if (known) return known;
    const sealed = (await this.store.newest(game.gameId)) ?? (await this.make(game));
    const secret = { version: sealed.version, bytes: this.open(game, sealed) };
    if (this.opened.size >= gamesMax) this.opened.clear();
    this.opened.set(game.gameId, secret);
    return secret;
  }

  /** Of several makers one wins, and all use what the winner has stored. */
  private async make(game: GameScope): Promise<SealedRollSecret> {
    const sealed = sealSecret(randomBytes(secretBytes), this.masterKey, placeOf(game, firstVersion));
    await this.store.insert(game, { version: firstVersion, sealed }, this.clock.now());
    const stored = await this.store.newest(game.gameId);
    if (!stored) throw new Error(`the roll secret of game ${game.gameId} was not stored`);
    return stored;
  }

  private open(game: GameScope, { version, sealed }: SealedRollSecret): Buffer {
    return openSecret(sealed, this.masterKey, placeOf(game, version));
  }
}

function placeOf({ gameId }: GameScope, version: number): string {
  return `roll-secret:${gameId}:${version}`;
}
