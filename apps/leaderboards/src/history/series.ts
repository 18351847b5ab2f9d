/** One row of the top at an instant. */
export interface SampledRow {
  participantId: string;
  score: number;
  rank: number;
}

export interface Sample {
  at: Date;
  standings: SampledRow[];
}

export interface SeriesPoint {
  at: string;
  score: number;
  rank: number;
}

export interface Series {
  participantId: string;
  points: SeriesPoint[];
}

/** Lines of those on top of the newest sample, and of one more participant; points only where they were in the top. */
export function seriesOf(samples: readonly Sample[], top: number, besides: string | null): Series[] {
  const leaders = (samples.at(-1)?.standings ?? []).slice(0, top).map(({ participantId }) => participantId);
  const wanted = [...new Set([...leaders, ...(besides === null ? [] : [besides])])];
  const lines = new Map(wanted.map((participantId) => [participantId, [] as SeriesPoint[]]));
  for (const { at, standings } of samples) {
    for (const { participantId, score, rank } of standings) {
      lines.get(participantId)?.push({ at: at.toISOString(), score, rank });
    }
  }
  return wanted.map((participantId) => ({ participantId, points: lines.get(participantId)! }));
}
