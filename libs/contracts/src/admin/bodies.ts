import {
  Matches,
  IsString,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsTimeZone,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { environments, IsInstant, keyPattern, type Environment, type Iso } from '../common/index.js';
import { permissions, type InventoryManagement, type Permission, type PermissionSet } from '../identity/index.js';
import { IdempotentBody } from '../sdk/bodies.js';
import { adminLimits, IsName, IsReason, IsSlug, IsText } from './rules.js';

/** A write that says nothing but its idempotency key. */
export class PlainWriteBody extends IdempotentBody {}

/** A write that asks for nothing but the sentence that goes on record with it. */
export class ReasonedBody extends IdempotentBody {
  @IsReason()
  reason: string;
}

/** `POST /admin/v1/auth/bootstrap` (04 §2). */
export class BootstrapBody extends IdempotentBody {
  @IsText(adminLimits.secretCharactersMax)
  token: string;

  @IsText(adminLimits.emailCharactersMax)
  email: string;

  @IsName()
  name: string;

  @IsText(adminLimits.secretCharactersMax)
  password: string;

  @IsName()
  studioName: string;
}

/** `POST /admin/v1/auth/login` (04 §2). */
export class LoginBody extends IdempotentBody {
  @IsText(adminLimits.emailCharactersMax)
  email: string;

  @IsText(adminLimits.secretCharactersMax)
  password: string;

  @IsOptional()
  @IsText(adminLimits.secretCharactersMax)
  totp?: string | null;
}

/** `POST /admin/v1/auth/password` (04 §2). */
export class ChangePasswordBody extends IdempotentBody {
  @IsText(adminLimits.secretCharactersMax)
  currentPassword: string;

  @IsText(adminLimits.secretCharactersMax)
  newPassword: string;
}

/** `POST /admin/v1/auth/tokens` (04 §2). */
export class CreateAccessTokenBody extends IdempotentBody {
  @IsName()
  name: string;

  @IsInt()
  @Min(1)
  @Max(adminLimits.tokenDaysMax)
  expiresInDays: number;

  @IsArray()
  @ArrayMaxSize(permissions.length)
  @ArrayUnique()
  @IsIn(permissions, { each: true })
  permissions: Permission[];

  @IsArray()
  @ArrayMaxSize(adminLimits.tokenGamesMax)
  @ArrayUnique()
  @IsUUID('all', { each: true })
  gameIds: string[];
}

/** `POST /admin/v1/studios` (04 §4). */
export class CreateStudioBody extends IdempotentBody {
  @IsName()
  name: string;

  @IsSlug()
  slug: string;
}

/** `PATCH S` (04 §4). */
export class UpdateStudioBody extends IdempotentBody {
  @IsOptional()
  @IsName()
  name?: string | null;

  @IsOptional()
  @IsSlug()
  slug?: string | null;
}

/** `POST S/games` (04 §4). */
export class CreateGameBody extends IdempotentBody {
  @IsName()
  displayName: string;

  @IsSlug()
  slug: string;
}

/** `PATCH G` (04 §4). */
export class UpdateGameBody extends IdempotentBody {
  @IsOptional()
  @IsName()
  displayName?: string | null;

  @IsOptional()
  @IsSlug()
  slug?: string | null;
}

/** `PATCH G/settings` (04 §10): absent = as it is, null = the platform's default. */
export class UpdateSettingsBody extends IdempotentBody {
  @IsOptional()
  @IsName()
  displayName?: string | null;

  @IsOptional()
  @IsSlug()
  slug?: string | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  grantDefaultTtlDays?: number | null;

  @IsOptional()
  @IsTimeZone()
  displayTimezone?: string | null;

  @IsOptional()
  @IsIn(['platform', 'studio', 'permissive'])
  inventoryManagement?: InventoryManagement | null;

  @IsOptional()
  @IsBoolean()
  acceptClientScores?: boolean | null;

  @IsOptional()
  @IsBoolean()
  allowClientIdentity?: boolean | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  anomalyRetentionDays?: number | null;

  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  defaultIdentityPoolKey?: string | null;

  /** Name of the same in the API (04 §10); pools are named by key (decision 0010). */
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  defaultIdentityPoolId?: string | null;
}

/** Requests a minute; null or absent = the installation's default, 0 = no limit (01 §8). */
export class RateLimitsBody {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(adminLimits.rateLimitMax)
  sdk_read?: number | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(adminLimits.rateLimitMax)
  sdk_write?: number | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(adminLimits.rateLimitMax)
  server_api?: number | null;
}

/** `POST G/api-keys` (04 §4). */
export class CreateApiKeyBody extends IdempotentBody {
  static readonly nested = { rateLimits: RateLimitsBody };

  @IsName()
  name: string;

  @IsIn(['client_sdk', 'server_integration'])
  permissionSet: PermissionSet;

  @IsIn(environments)
  environment: Environment;

  @IsOptional()
  @IsInstant()
  expiresAt?: Iso | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  rateLimits?: RateLimitsBody | null;
}

/** `PATCH G/api-keys/:id` (04 §4): absent = as it is, `rateLimits: null` = the installation's defaults. */
export class UpdateApiKeyBody extends IdempotentBody {
  static readonly nested = { rateLimits: RateLimitsBody };

  @IsOptional()
  @IsName()
  name?: string | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  rateLimits?: RateLimitsBody | null;
}

/** `DELETE G/api-keys/:id` (04 §4). */
export class RevokeApiKeyBody extends IdempotentBody {
  @IsReason()
  reason: string;
}
