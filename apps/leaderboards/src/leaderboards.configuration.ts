import { IsInt, Max, Min } from 'class-validator';
import { ServiceConfiguration, Variable } from '@kraty/platform/configuration';

export class LeaderboardsConfiguration extends ServiceConfiguration {
  @Variable('BOARD_VIEW_CACHE_MS', {
    description: 'How long a serialized board answers reads, in milliseconds; writes show at once all the same.',
    default: 2_000,
  })
  @IsInt()
  @Min(0)
  @Max(60_000)
  viewCacheMs: number;
}
