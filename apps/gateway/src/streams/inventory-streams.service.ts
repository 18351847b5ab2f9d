import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { nobodyId, type Scope } from '@kraty/contracts/common';
import {
  playerStreamSubject,
  readHoldingRevisions,
  type InventoryStreamEvent,
  type PlayerStreamFrame,
} from '@kraty/contracts/economy';
import { playerAccessChanged, type PlayerRecord } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { Messenger } from '@kraty/platform/messaging';
import { ApiKeys } from '../access/api-keys.service.js';
import { Players } from '../access/players.service.js';
import { Heartbeats } from './heartbeats.service.js';
import { PlayerChannel, type PlayerReader } from './player-channel.js';
import type { SseConnection } from './sse-connection.js';
import { SseFrames } from './sse-frames.js';
import { StreamSlots } from './stream-slots.js';

/** Opening one more ends the oldest (01 §10). */
const streamsAPlayerMax = 5;
/** Then a stream ends, and its reader connects again (01 §10). Milliseconds. */
const streamAgeMaxMs = 30 * 60_000;
/** How often open streams are compared with their keys and players, beside the facts. Milliseconds. */
const accessCheckMs = 4_000;

/** Who reads, proven at the opening. */
export interface StreamedPlayer {
  scope: Scope;
  record: PlayerRecord;
  keyPrefix: string;
}

interface Watched {
  scope: Scope;
  externalPlayerId: string;
  playerId: string;
  channel: PlayerChannel;
  slots: StreamSlots;
  opening: Promise<void>;
  /** Readers on their way in: the channel is kept for them. */
  expected: number;
  stop: () => void;
}

/** Told among gateways: a stream of a player opened or ended. */
interface StreamNotice {
  streamId: string;
  open: boolean;
}

/** Live inventories over server-sent events, fanned out from one bus subscription a player (08 §9). */
@Injectable()
export class InventoryStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly players = new Map<string, Watched>();
  private accessCheck: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly messenger: Messenger,
    private readonly keys: ApiKeys,
    private readonly records: Players,
    private readonly heartbeats: Heartbeats,
  ) {}

  onModuleInit(): void {
    this.accessCheck = setInterval(() => void this.endRefused(), accessCheckMs).unref();
    this.keys.onChange(() => void this.endRefused());
    this.messenger.onFact(playerAccessChanged, ({ payload }) => void this.renewAccess(payload.playerId));
    // What was told while the broker was away is lost: the lists are read again.
    this.messenger.onReconnect(() => this.endAll());
  }

  /** Open streams end, so that clients connect elsewhere (01 §10). */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    clearInterval(this.accessCheck);
    this.endAll();
  }

  /**
   * Subscribes, then asks how far the holdings have come, so that nothing falls between.
   *
   * @param open makes the connection; called only when the subscription is live
   */
  async open(player: StreamedPlayer, open: (onEnd: () => void) => SseConnection): Promise<void> {
    const watched = this.watch(player);
    const { keyPrefix, record } = player;
    const reader: PlayerReader = {
      ...{ streamId: uuidV7(), keyPrefix, secretHash: record.secretHash },
      connection: undefined as never,
    };
    watched.expected += 1;
    try {
      await watched.opening;
      reader.connection = open(() => this.leave(watched, reader));
      if (!reader.connection.ended) this.greet(watched, reader);
      // The player was shut out meanwhile, or the process stops: nobody else would end it any more.
      if (this.stopping || this.players.get(watched.playerId) !== watched) reader.connection.end();
    } finally {
      watched.expected -= 1;
      this.dropIfEmpty(watched);
    }
  }

  private greet(watched: Watched, reader: PlayerReader): void {
    const { externalPlayerId, playerId, channel, slots } = watched;
    const { connection, streamId } = reader;
    channel.readers.add(reader);
    connection.send(SseFrames.of(readyEvent(externalPlayerId)));
    this.messenger.broadcast(noticeSubject(playerId), { streamId, open: true } satisfies StreamNotice);
    this.end(watched, slots.openOwn(streamId));
    this.heartbeats.add(connection, streamAgeMaxMs);
  }

  private leave(watched: Watched, reader: PlayerReader): void {
    watched.channel.readers.delete(reader);
    watched.slots.closed(reader.streamId);
    const notice: StreamNotice = { streamId: reader.streamId, open: false };
    this.messenger.broadcast(noticeSubject(watched.playerId), notice);
    this.dropIfEmpty(watched);
  }

  private watch({ scope, record }: StreamedPlayer): Watched {
    const { playerId, externalPlayerId } = record;
    const known = this.players.get(playerId);
    if (known) return known;
    const channel = new PlayerChannel(() => this.endPlayer(playerId));
    const slots = new StreamSlots(streamsAPlayerMax);
    const stops: (() => void)[] = [];
    const stop = (): void => {
      for (const end of stops) end();
      channel.close();
    };
    const opening = Promise.resolve();
    const watched: Watched = { scope, externalPlayerId, playerId, channel, slots, opening, expected: 0, stop };
    stops.push(
      this.messenger.listen(playerStreamSubject(playerId), (frames: PlayerStreamFrame[]) => channel.hear(frames)),
      this.messenger.listen(noticeSubject(playerId), (notice: StreamNotice) => this.hearNotice(watched, notice)),
    );
    watched.opening = this.begin(watched);
    this.players.set(playerId, watched);
    return watched;
  }

  /** The bus knows of the subscriptions before it sees this request. */
  private async begin({ scope, playerId, channel }: Watched): Promise<void> {
    const { revisions } = await this.messenger.request(readHoldingRevisions, { scope, playerId });
    channel.begin(revisions);
  }

  private hearNotice(watched: Watched, { streamId, open }: StreamNotice): void {
    if (open) this.end(watched, watched.slots.opened(streamId));
    else watched.slots.closed(streamId);
  }

  private end({ channel }: Watched, streamIds: readonly string[]): void {
    for (const reader of channel.readers) if (streamIds.includes(reader.streamId)) reader.connection.end();
  }

  private endPlayer(playerId: string): void {
    const watched = this.players.get(playerId);
    if (!watched) return;
    // Who comes next begins anew, whatever is still on its way out.
    this.players.delete(playerId);
    watched.stop();
    for (const { connection } of watched.channel.readers) connection.end();
  }

  private endAll(): void {
    for (const playerId of [...this.players.keys()]) this.endPlayer(playerId);
  }

  private dropIfEmpty(watched: Watched): void {
    if (watched.channel.readers.size + watched.expected > 0 || this.players.get(watched.playerId) !== watched) return;
    this.players.delete(watched.playerId);
    watched.stop();
  }

  /** A stream ends at once with a new secret, a ban, a merge or an erasure of its player (01 §10). */
  private async renewAccess(playerId: string): Promise<void> {
    const watched = this.players.get(playerId);
    if (!watched) return;
    const { scope, externalPlayerId } = watched;
    const record = await this.records.renew(scope, externalPlayerId).catch(() => undefined);
    if (record !== undefined) this.endUnless(watched, record);
  }

  private endUnless({ playerId, channel }: Watched, record: PlayerRecord | null): void {
    // Where no secrets are required, a stream of a player nobody knows goes on until there is one.
    if (record === null && playerId === nobodyId) return;
    const welcome = record?.playerId === playerId && record.bannedAt === null && record.lockedBy === null;
    for (const { connection, secretHash } of channel.readers) {
      if (!welcome || record.secretHash !== secretHash) connection.end();
    }
  }

  /** Within 5 s of a key's end, and of a change of the player whose fact was missed (01 §10). */
  private async endRefused(): Promise<void> {
    for (const watched of [...this.players.values()]) {
      await this.endRevoked(watched);
      const { scope, externalPlayerId } = watched;
      const record = await Promise.resolve(this.records.find(scope, externalPlayerId)).catch(() => undefined);
      if (record !== undefined) this.endUnless(watched, record);
    }
  }

  private async endRevoked({ channel }: Watched): Promise<void> {
    for (const { connection, keyPrefix } of [...channel.readers]) {
      const key = await Promise.resolve(this.keys.find(keyPrefix)).catch(() => undefined);
      if (key === undefined || (key !== null && this.keys.isAlive(key))) continue;
      connection.end();
    }
  }
}

function noticeSubject(playerId: string): string {
  return `kraty.stream.gateway.${playerId}`;
}

function readyEvent(externalPlayerId: string): InventoryStreamEvent {
  return { event: 'ready', data: { kind: 'ready', externalPlayerId } };
}
