import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsAmount, IsStorable, limits } from '../common/index.js';
import { IdempotentBody } from '../sdk/bodies.js';
import { IsReason } from './rules.js';

/** What every support action on holdings says (04 §8.4). */
class AdjustmentBody extends IdempotentBody {
  @IsReason()
  reason: string;

  @IsOptional()
  @IsString()
  @MaxLength(limits.sourceReferenceCharactersMax)
  @IsStorable()
  sourceRefId?: string | null;
}

/** `POST G/players/:externalId/wallet/:economyKey/{credit,debit}` (04 §8.4). */
export class AdjustWalletBody extends AdjustmentBody {
  @IsAmount()
  amount: number;
}

/** `POST G/players/:externalId/inventory/:itemKey/{grant,revoke}` (04 §8.4). */
export class AdjustInventoryBody extends AdjustmentBody {
  @IsAmount()
  quantity: number;
}
