import { IsInt, Matches, Max, Min } from 'class-validator';
import { ServiceConfiguration, Variable } from '@kraty/platform/configuration';

/** What the grants are told by their environment. */
export class GrantsConfiguration extends ServiceConfiguration {
  @Variable('KRATY_MASTER_KEY', {
    description: '32 bytes in base64; encrypts the secrets of games at rest.',
    secret: true,
  })
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { message: 'must be 32 bytes in base64: openssl rand -base64 32' })
  masterKey: string;

  @Variable('GRANT_DEFAULT_TTL_DAYS', {
    description: 'Days after which a grant expires where the game does not say; without it grants never expire.',
    optional: true,
  })
  @IsInt()
  @Min(1)
  @Max(3_650)
  grantDefaultTtlDays?: number;
}
