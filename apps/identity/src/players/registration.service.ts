import { Injectable } from '@nestjs/common';
import type { PlayerProfile, RegisterPlayer, Registration } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { busy, fail } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { randomSecret, sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { Anonymizer } from './anonymizer.service.js';
import { accessFact, profileFact, profileOfNew } from './player.facts.js';
import { PlayersStore, type NewPlayer, type NewSecret, type RegistrationRow } from './players.store.js';
import { judgeRegistration, type Verdict } from './registration.js';

/** How often a registration looks again after a rival changed the row under it. */
const triesMax = 4;
const secretPrefixCharacters = 8;

/** Where a registration stands after one look at the row: answered, or overtaken. */
type Outcome = { registration: Registration; staged: Staged } | 'overtaken';

interface Minted extends NewSecret {
  plaintext: string;
}

/** Gives players their secret (02 §9). */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly players: PlayersStore,
    private readonly anonymizer: Anonymizer,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async register(call: RegisterPlayer): Promise<Registration> {
    const id = uuidV7(this.clock.nowMs());
    for (let tries = 0; tries < triesMax; tries += 1) {
      const outcome = await this.database.transaction(async (tx) => {
        const known = await this.find(tx, call, tries > 0);
        return this.attempt(tx, call, known, id);
      });
      if (outcome === 'overtaken') continue;
      // Caches elsewhere must know the new secret before its owner uses it.
      await this.outbox.carry(outcome.staged);
      return outcome.registration;
    }
    throw busy();
  }

  /** Who was overtaken once waits for the row: any number of twins get through one after the other (01 §6). */
  private find(
    tx: Tx,
    { scope, externalPlayerId }: RegisterPlayer,
    overtaken: boolean,
  ): Promise<RegistrationRow | null> {
    if (overtaken) return this.players.lockForRegistration(tx, scope, externalPlayerId);
    return this.players.findForRegistration(tx, scope, externalPlayerId);
  }

  private async attempt(tx: Tx, call: RegisterPlayer, known: RegistrationRow | null, newId: string): Promise<Outcome> {
    const now = this.clock.now();
    const verdict = this.judge(known, call);
    if (known === null) return this.create(tx, call, newId, now);
    return this.replaceSecret(tx, call, known, mint(verdict, known, call, now), now);
  }

  /** @throws player_already_registered, player_banned, 503 while a merge or erasure holds the player */
  private judge(known: RegistrationRow | null, call: RegisterPlayer): Verdict {
    const player = known && {
      hasSecret: known.secretHash !== null,
      secretUsed: known.secretUsed,
      secretMintedByKey: known.secretMintedByKey,
      secretMintedAtMs: known.secretMintedAt?.getTime() ?? null,
      banned: known.bannedAt !== null,
      locked: known.lockedBy !== null,
    };
    const verdict = judgeRegistration(player, {
      environment: call.scope.environment,
      force: call.force,
      idempotencyKey: call.idempotencyKey,
      nowMs: this.clock.nowMs(),
    });
    switch (verdict) {
      case 'already_registered':
        throw fail('player_already_registered', 'the player has a secret already');
      case 'banned':
        throw fail('player_banned', 'the player is banned', { bannedAt: known?.bannedAt?.toISOString() });
      case 'locked':
        throw busy('player_locked');
      default:
        return verdict;
    }
  }

  private async create(tx: Tx, call: RegisterPlayer, id: string, now: Date): Promise<Outcome> {
    const player: NewPlayer = { id, ...(await this.anonymizer.identityFor(tx, call.scope, id)), ...call, now };
    const secret = mint('create', null, call, now);
    if (!(await this.players.insert(tx, player, secret))) return 'overtaken';
    const profile = profileOfNew(player);
    const facts = [profileFact(call.scope, profile, 1), accessFact(call.scope, profile, 1)];
    return { registration: replyOf(profile, secret), staged: await this.outbox.stage(tx, facts) };
  }

  private async replaceSecret(
    tx: Tx,
    call: RegisterPlayer,
    known: RegistrationRow,
    secret: Minted,
    now: Date,
  ): Promise<Outcome> {
    const revision = await this.players.replaceSecret(tx, known, secret, call.country, now);
    if (revision === null) return 'overtaken';
    const { id, displayName, displayAvatar, anonymizedName, anonymizedAvatar, metadata } = known;
    const profile: PlayerProfile = {
      playerId: id,
      externalPlayerId: call.externalPlayerId,
      displayName,
      displayAvatar,
      anonymizedName,
      anonymizedAvatar,
      country: known.country ?? call.country,
      metadata,
    };
    const profileChanged = profile.country !== known.country;
    const access = accessFact(call.scope, profile, revision);
    const facts = profileChanged ? [profileFact(call.scope, profile, revision), access] : [access];
    return { registration: replyOf(profile, secret), staged: await this.outbox.stage(tx, facts) };
  }
}

function mint(verdict: Verdict, known: RegistrationRow | null, call: RegisterPlayer, now: Date): Minted {
  const plaintext = randomSecret();
  const again = verdict === 'reissue';
  return {
    plaintext,
    hash: sha256Hex(plaintext),
    prefix: plaintext.slice(0, secretPrefixCharacters),
    // The ten minutes run from the first call with the key, however often its answer is lost.
    mintedAt: (again ? known?.secretMintedAt : null) ?? now,
    mintedByKey: call.idempotencyKey,
    registeredAt: known?.registeredAt ?? now,
    rotatedAt: verdict === 'rotate' ? now : null,
  };
}

function replyOf(profile: PlayerProfile, secret: Minted): Registration {
  const { playerId, externalPlayerId, country, anonymizedName, anonymizedAvatar } = profile;
  const anonymized = { name: anonymizedName, avatar: anonymizedAvatar };
  const renamed = profile.displayName === null ? null : { name: profile.displayName, avatar: profile.displayAvatar };
  return {
    playerId,
    externalPlayerId,
    secret: secret.plaintext,
    secretPrefix: secret.prefix,
    registeredAt: secret.registeredAt.toISOString(),
    country,
    syntheticIdentity: anonymized,
    displayIdentity: { ...(renamed ?? anonymized), country },
    anonymizedIdentity: { ...anonymized, country },
  };
}
