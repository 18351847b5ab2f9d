/** Where bots and others stand among all of a board, as far as bots ask for it. */
export interface Crowd {
  participantCount: number;
  humanCount: number;
  /** Null for who does not stand on the board, or was not asked for. */
  rankOf(participantId: string): number | null;
  /** Score of the human at one of the ranks among humans that were asked for, of the last one if there are fewer. */
  humanScoreAt(rank: number): number | null;
  /** Of whoever stands first, when it was asked for; 0 of an empty board. */
  topScore: number;
}

/** What is to be found out; looking costs, so only this is looked at. */
export interface CrowdQuestion {
  leaderboardId: string;
  /** All that stand there. */
  botIds: readonly string[];
  /** The ranks of bots are asked for. */
  ranksBots: boolean;
  /** Humans whose ranks are asked for. */
  humanIds: readonly string[];
  /** Ranks among humans. */
  humanRanks: readonly number[];
  asksTopScore: boolean;
}

/** What the rank index has said, before anything was locked; no crowd where it does not answer, or is not asked. */
export interface ToldCrowd {
  question: CrowdQuestion;
  crowd: Crowd | null;
}

/** Whether what the index said to one question answers another; it ranks all bots of a question, whether asked or not. */
export function covers(told: CrowdQuestion, question: CrowdQuestion): boolean {
  return (
    includesAll(told.botIds, question.botIds) &&
    includesAll(told.humanIds, question.humanIds) &&
    includesAll(told.humanRanks, question.humanRanks) &&
    (told.asksTopScore || !question.asksTopScore)
  );
}

function includesAll<T>(all: readonly T[], some: readonly T[]): boolean {
  const known = new Set(all);
  return some.every((one) => known.has(one));
}

/**
 * The rank among all of the human at a rank among humans.
 *
 * @param botRanks of the bots of the board among all, ascending
 */
export function overallRank(humanRank: number, botRanks: readonly number[]): number {
  let rank = humanRank;
  for (const botRank of botRanks) {
    if (botRank > rank) break;
    rank += 1;
  }
  return rank;
}
