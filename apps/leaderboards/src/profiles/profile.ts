import type { PlayerProfile } from '@kraty/contracts/identity';
import type { BoardEntry } from '@kraty/contracts/leaderboards';

/** The row of a player as everybody sees it: the external id is shown to nobody but the player itself (02 §0). */
export function playerEntry(
  participantId: string,
  profile: PlayerProfile | null,
  standing: { score: number; rank: number },
  progression?: Record<string, number>,
): BoardEntry {
  const balances = progression === undefined ? {} : { progression };
  if (!profile) return { ...anonymous(participantId, standing), ...balances };
  const { country, metadata, anonymizedName, anonymizedAvatar } = profile;
  const displayIdentity = {
    name: profile.displayName ?? anonymizedName,
    avatar: profile.displayName === null ? anonymizedAvatar : profile.displayAvatar,
    country,
  };
  const anonymizedIdentity = { name: anonymizedName, avatar: anonymizedAvatar, country };
  return {
    participantId,
    kind: 'player',
    name: displayIdentity.name,
    avatar: displayIdentity.avatar,
    avatarUrl: displayIdentity.avatar,
    country,
    anonymizedName,
    anonymizedAvatar,
    score: standing.score,
    rank: standing.rank,
    isSelf: false,
    player: { externalPlayerId: null, displayIdentity, anonymizedIdentity, country, metadata },
    ...balances,
  };
}

/** What is shown of a bot besides its standing. */
export interface BotIdentity {
  name: string;
  avatar: string | null;
}

/** The row of a bot: invented, without a country, a player or balances (10 §3.1). */
export function botEntry(
  participantId: string,
  { name, avatar }: BotIdentity,
  standing: { score: number; rank: number },
): BoardEntry {
  return { ...anonymous(participantId, standing), kind: 'bot', name, avatar, avatarUrl: avatar };
}

function anonymous(participantId: string, standing: { score: number; rank: number }): BoardEntry {
  return {
    participantId,
    kind: 'player',
    name: null,
    avatar: null,
    avatarUrl: null,
    country: null,
    anonymizedName: null,
    anonymizedAvatar: null,
    score: standing.score,
    rank: standing.rank,
    isSelf: false,
    player: null,
  };
}
