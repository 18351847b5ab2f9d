import { IsIn, IsOptional } from 'class-validator';
import { IsInstant, IsMetadata, type Iso, type Json } from '../common/index.js';
import { IsGrantedEntries } from '../grants/granted-entries.js';
import type { GrantedEntry } from '../grants/rewards.js';
import { IdempotentBody } from './bodies.js';

/** `POST /players/:p/crates/:g/open` (02 §6.2). */
export class OpenCrateBody extends IdempotentBody {}

/** `POST /players/:p/grants` (02 §6.3). */
export class SelfGrantBody extends IdempotentBody {
  @IsGrantedEntries()
  entries: GrantedEntry[];

  @IsOptional()
  @IsIn(['reward', 'crate'])
  kind?: 'reward' | 'crate';

  @IsOptional()
  @IsInstant()
  expiresAt?: Iso;

  @IsOptional()
  @IsMetadata()
  metadata?: Json;
}
