import { Injectable } from '@nestjs/common';
import type { StartAttempt } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Database } from '@kraty/platform/persistence';
import { needsOfGates, shutGate } from '../conditions/gates.js';
import { noNeeds, type FactNeeds } from '../conditions/player-facts.js';
import { PlayerFactsReader } from '../conditions/player-facts.service.js';
import type { EventDefinition } from '../definitions/event-definition.js';
import { needsOfPrice, shortOf } from '../entry-cost/price.js';
import { Placement, type Place } from '../placement/placement.service.js';
import { localDay } from '../windows/local-time.js';
import { capFailure } from './attempt-caps.js';
import type { OpenStart } from './start-look.js';
import { StartStore } from './start.store.js';

/** What stands between a player and an attempt, besides the caps. */
interface Gates extends Pick<EventDefinition, 'unlockCondition' | 'entryRequirement'> {
  price: EventDefinition['entryCost'];
}

/** Steps 8–12 of a start (05 §8.1): who may begin an attempt, and on which board. */
@Injectable()
export class Admissions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly facts: PlayerFactsReader,
    private readonly placement: Placement,
    private readonly store: StartStore,
  ) {}

  /**
   * Null when a rival start has come between: what it takes from the player must not speak against this one.
   *
   * @throws the failure of the first step that is not passed
   */
  async admit(call: StartAttempt, open: OpenStart, definition: EventDefinition): Promise<Place | null> {
    const { scope, player } = call;
    const gates = gatesOf(open, definition);
    const facts = await this.facts.of(scope, player.playerId, open.context, this.needs(open, definition, gates));
    const refused =
      shutGate(gates, facts) ??
      (await this.overCap(call, open, definition)) ??
      (gates.price === null ? null : shortOf(gates.price, facts));
    if (refused !== null && (await this.isOvertaken(call, open))) return null;
    if (refused !== null) throw refused;
    const { eventId, windowId: eventWindowId, sharedBoardId, seatBoardId } = open;
    const { studioId, gameId } = scope;
    const event = { id: eventId, key: call.eventKey, studioId, gameId };
    const { playerId } = player;
    return this.placement.place(
      { scope, playerId, event, eventWindowId, definition, sharedBoardId, seatBoardId },
      facts,
    );
  }

  private isOvertaken(call: StartAttempt, { eventId, windowId, lastOrdinal, charge }: OpenStart): Promise<boolean> {
    const of = { playerId: call.player.playerId, eventId, eventWindowId: windowId };
    return this.store.isOvertaken(this.database, of, { lastOrdinal, chargeN: charge?.n ?? null });
  }

  private needs({ seatBoardId }: OpenStart, definition: EventDefinition, gates: Gates): FactNeeds {
    const needs = noNeeds();
    needsOfGates(gates, needs);
    needsOfPrice(gates.price, needs);
    if (seatBoardId === null) this.placement.needs(definition, needs);
    return needs;
  }

  /** Step 10. The write that follows fails when another attempt has begun since the look. */
  private async overCap(call: StartAttempt, open: OpenStart, { attempts, timezone }: EventDefinition) {
    if (attempts.perWindowMax === null && attempts.perDayMax === null) return null;
    const day = localDay(this.clock.nowMs(), timezone);
    const inWindow = open.usedInWindow;
    const isWindowFull = attempts.perWindowMax !== null && inWindow >= attempts.perWindowMax;
    const counts = attempts.perDayMax !== null && !isWindowFull;
    const of = { playerId: call.player.playerId, eventId: open.eventId };
    const today = counts ? await this.store.usedToday(this.database, of, day) : 0;
    return capFailure(attempts, { inWindow, today }, day.endsAtMs);
  }
}

/**
 * A start that takes over an open charge goes on where another one stood: that one has passed the gates, and what the
 * player holds now may be what it has left. Once the charge is used there is no price any more, and the gates stand again.
 */
function gatesOf({ charge }: OpenStart, { unlockCondition, entryRequirement, entryCost }: EventDefinition): Gates {
  if (charge === null) return { unlockCondition, entryRequirement, price: entryCost };
  if (charge.state === 'used') return { unlockCondition, entryRequirement, price: null };
  return { unlockCondition: null, entryRequirement: null, price: null };
}
