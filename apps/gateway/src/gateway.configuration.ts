import { IsBoolean, IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';
import { ProcessConfiguration, Variable } from '@kraty/platform/configuration';

/** Settings of the gateway process (01 §8, 04 §10). */
export class GatewayConfiguration extends ProcessConfiguration {
  @Variable('HOST', { default: '127.0.0.1', description: 'Address the public API listens on.' })
  @IsString()
  host: string;

  @Variable('PORT', { default: 8080, description: 'Port the public API listens on; 0 = any free one.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  port: number;

  @Variable('PUBLIC_ORIGIN', {
    default: 'http://localhost:8080',
    description: 'Origin under which operators reach the installation; checked on every portal write.',
  })
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  publicOrigin: string;

  @Variable('TRUST_PROXY', {
    default: false,
    description:
      'true when a proxy in front adds its peer to X-Forwarded-For, the last entry then counts; else the peer address.',
  })
  @IsBoolean()
  trustProxy: boolean;

  @Variable('COUNTRY_HEADER', {
    default: '',
    description: 'Name of the trusted proxy header that carries the ISO 3166 country of the caller; empty = none.',
  })
  @IsOptional()
  @IsString()
  countryHeader: string;

  @Variable('REQUIRE_PLAYER_SECRET', {
    default: true,
    description: 'false lets anybody with a client key play as any player; for closed test networks only.',
  })
  @IsBoolean()
  requirePlayerSecret: boolean;

  @Variable('RATE_LIMIT_SDK_READ', {
    default: 600000,
    description: 'Reads a minute and API key on /sdk/v1; 0 = no limit.',
  })
  @IsInt()
  @Min(0)
  rateLimitSdkRead: number;

  @Variable('RATE_LIMIT_SDK_WRITE', {
    default: 600000,
    description: 'Writes a minute and API key on /sdk/v1; 0 = no limit.',
  })
  @IsInt()
  @Min(0)
  rateLimitSdkWrite: number;

  @Variable('RATE_LIMIT_SERVER_API', {
    default: 120000,
    description: 'Calls a minute and API key on /server/v1; 0 = no limit.',
  })
  @IsInt()
  @Min(0)
  rateLimitServerApi: number;

  @Variable('RATE_LIMIT_PLAYER', {
    default: 1200,
    description: 'Reads, and as many writes, a minute and player; 0 = no limit.',
  })
  @IsInt()
  @Min(0)
  rateLimitPlayer: number;

  @Variable('RATE_LIMIT_AUTHENTICATION', {
    default: 1000,
    description: 'Failed key or secret checks a minute and client address; 0 = no limit.',
  })
  @IsInt()
  @Min(0)
  rateLimitAuthentication: number;
}
