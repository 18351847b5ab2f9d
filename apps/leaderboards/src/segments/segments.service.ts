import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { readBalances } from '@kraty/contracts/economy';
import { lastContextsMax, readLastContexts } from '@kraty/contracts/identity';
import type { Segmentation } from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { Profiles } from '../profiles/profiles.service.js';
import {
  economyKeysOf,
  isPinned,
  looksAtContext,
  looksAtCountry,
  placeOf,
  type Known,
  type Placed,
} from './segment.js';
import { SegmentsStore, type PlayerSegment } from './segments.store.js';

/** Pins kept in process: they do not change while their period lasts. */
const pinsMax = 200_000;
/** Bounds of one question to the economy (its contract). */
const playersAQuestion = 200;
const keysAQuestion = 8;

export const lastContext = 'last';

/** Whose segment is wanted, on which board and in which period. */
export interface SegmentWish {
  leaderboardId: string;
  segmentation: Segmentation;
  periodStartMs: number;
  scope: Scope;
  playerId: string;
  /** Of the attempt that wrote; `lastContext`: no attempt did, and the one the player gave last stands for it. */
  context: Json | null | typeof lastContext;
  writtenAtMs: number;
  /** Told by the request itself, for a player whose profile has none yet. */
  country?: string | null;
}

/** Where writes land: as the write says, or where the player was first seen in the period (06 §4). */
@Injectable()
export class Segments {
  private readonly pins = new Map<string, string>();

  constructor(
    private readonly store: SegmentsStore,
    private readonly profiles: Profiles,
    private readonly messenger: Messenger,
  ) {}

  /** Segments of writes, in their order; null where there is none. What is derived is pinned, for ever. */
  async place(wishes: readonly SegmentWish[]): Promise<(Placed | null)[]> {
    const pinned = wishes.filter(({ segmentation }) => isPinned(segmentation));
    const pins = pinned.length > 0 ? await this.pinnedOrDerived(pinned) : new Map<string, string>();
    const places = wishes.map((wish) =>
      isPinned(wish.segmentation)
        ? placedAt(pins.get(pinKey(wish)))
        : placeOf(wish.segmentation, { context: namedContext(wish), balances: {}, country: null }),
    );
    await this.follow(wishes, places);
    return places;
  }

  /** True when nobody has to be asked for the segment. */
  isKnown(wish: SegmentWish): boolean {
    return !isPinned(wish.segmentation) || this.pins.has(pinKey(wish));
  }

  /** The home of a player nobody knows: without balances, country or context (02 §7.4). */
  homeOfUnknown(segmentation: Segmentation): Placed | null {
    return isPinned(segmentation) ? placeOf(segmentation, { context: null, balances: {}, country: null }) : null;
  }

  /** The home of a player, without pinning it: where it stands, or would stand (06 §11). */
  async homeOf(wish: SegmentWish): Promise<Placed | null> {
    const [kept] = await this.store.find([wish]);
    if (kept) return { segment: kept.segment };
    if (!isPinned(wish.segmentation)) return null;
    return placeOf(wish.segmentation, await this.known(wish));
  }

  private async pinnedOrDerived(wishes: readonly SegmentWish[]): Promise<Map<string, string>> {
    const unknown = distinct(wishes.filter((wish) => !this.pins.has(pinKey(wish))));
    this.remember(await this.store.find(unknown));
    const fresh = unknown.filter((wish) => !this.pins.has(pinKey(wish)));
    if (fresh.length > 0) await this.derive(fresh);
    const pins = new Map<string, string>();
    for (const wish of wishes) {
      const segment = this.pins.get(pinKey(wish));
      if (segment !== undefined) pins.set(pinKey(wish), segment);
    }
    return pins;
  }

  /** Two processes may derive at once: the first pin stays, and both read it. */
  private async derive(wishes: readonly SegmentWish[]): Promise<void> {
    const known = await this.knownOf(wishes);
    const derived = wishes.flatMap((wish, at) => {
      const segment = placeOf(wish.segmentation, known[at]!)?.segment;
      return typeof segment === 'string' ? [{ ...wish, segment }] : [];
    });
    await this.store.pin(derived);
    this.remember(await this.store.find(derived));
  }

  private async known(wish: SegmentWish): Promise<Known> {
    return (await this.knownOf([wish]))[0]!;
  }

  private async knownOf(wishes: readonly SegmentWish[]): Promise<Known[]> {
    const known = wishes.map((wish): Known => ({ context: namedContext(wish), balances: {}, country: null }));
    for (const group of byScope(wishes)) {
      const [balances, countries, contexts] = await Promise.all([
        this.balances(group),
        this.countries(group),
        this.lastContexts(group),
      ]);
      for (const { wish, at } of group) {
        const { playerId } = wish;
        const context = wish.context === lastContext ? (contexts[playerId] ?? null) : wish.context;
        const country = countries.get(playerId) ?? wish.country ?? null;
        known[at] = { context, balances: balances[playerId] ?? {}, country };
      }
    }
    return known;
  }

  private async balances(group: readonly Numbered[]): Promise<Record<string, Record<string, number>>> {
    const economyKeys = [...new Set(group.flatMap(({ wish }) => economyKeysOf(wish.segmentation)))];
    if (economyKeys.length === 0) return {};
    const { scope } = group[0]!.wish;
    const playerIds = [...new Set(group.map(({ wish }) => wish.playerId))];
    const found: Record<string, Record<string, number>> = {};
    for (const players of slices(playerIds, playersAQuestion)) {
      for (const keys of slices(economyKeys, keysAQuestion)) {
        const question = { scope, playerIds: players, economyKeys: keys };
        const { balances } = await this.messenger.request(readBalances, question);
        for (const [playerId, held] of Object.entries(balances)) found[playerId] = { ...found[playerId], ...held };
      }
    }
    return found;
  }

  private async countries(group: readonly Numbered[]): Promise<Map<string, string | null>> {
    const asking = group.filter(({ wish }) => looksAtCountry(wish.segmentation));
    if (asking.length === 0) return new Map();
    const playerIds = [...new Set(asking.map(({ wish }) => wish.playerId))];
    const profiles = await this.profiles.find(asking[0]!.wish.scope, playerIds);
    return new Map(playerIds.map((playerId) => [playerId, profiles.get(playerId)?.country ?? null]));
  }

  /** Only of those whose segment looks at it and whose write brought none. */
  private async lastContexts(group: readonly Numbered[]): Promise<Record<string, Json>> {
    const asking = group.filter(({ wish }) => wish.context === lastContext && looksAtContext(wish.segmentation));
    const found: Record<string, Json> = {};
    for (const playerIds of slices([...new Set(asking.map(({ wish }) => wish.playerId))], lastContextsMax)) {
      const { scope } = asking[0]!.wish;
      Object.assign(found, (await this.messenger.request(readLastContexts, { scope, playerIds })).contexts);
    }
    return found;
  }

  /** A board whose writes name their segment remembers the last one of each player. */
  private async follow(wishes: readonly SegmentWish[], places: readonly (Placed | null)[]): Promise<void> {
    const last = new Map<string, PlayerSegment>();
    wishes.forEach((wish, at) => {
      const segment = places[at]?.segment;
      if (wish.segmentation.type !== 'context' || typeof segment !== 'string') return;
      const known = last.get(pinKey(wish));
      if (!known || known.writtenAtMs < wish.writtenAtMs) last.set(pinKey(wish), { ...wish, segment });
    });
    await this.store.follow([...last.values()]);
  }

  private remember(segments: readonly Omit<PlayerSegment, 'writtenAtMs'>[]): void {
    if (this.pins.size + segments.length > pinsMax) this.pins.clear();
    for (const segment of segments) this.pins.set(pinKey(segment), segment.segment);
  }
}

interface Numbered {
  wish: SegmentWish;
  at: number;
}

function namedContext({ context }: SegmentWish): Json | null {
  return context === lastContext ? null : context;
}

function placedAt(segment: string | undefined): Placed | null {
  return segment === undefined ? null : { segment };
}

function pinKey({
  leaderboardId,
  periodStartMs,
  playerId,
}: Pick<PlayerSegment, 'leaderboardId' | 'periodStartMs' | 'playerId'>): string {
  return `${leaderboardId} ${periodStartMs} ${playerId}`;
}

function distinct(wishes: readonly SegmentWish[]): SegmentWish[] {
  return [...new Map(wishes.map((wish) => [pinKey(wish), wish])).values()];
}

function byScope(wishes: readonly SegmentWish[]): Numbered[][] {
  const groups = new Map<string, Numbered[]>();
  wishes.forEach((wish, at) => {
    const key = `${wish.scope.gameId} ${wish.scope.environment}`;
    const group = groups.get(key) ?? [];
    group.push({ wish, at });
    groups.set(key, group);
  });
  return [...groups.values()];
}

function slices<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));
}
