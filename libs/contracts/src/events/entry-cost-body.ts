import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { IsAmount, keyPattern } from '../common/index.js';
import { eventLimits } from './event-limits.js';

export class CurrencyCostBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsAmount({ context: { code: 'range' } })
  amount: number;
}

export class ItemCostBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsAmount({ context: { code: 'range' } })
  quantity: number;
}

/** Shape of an entry cost (05 §12). */
export class EntryCostBody {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.costLinesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CurrencyCostBody)
  currencies?: CurrencyCostBody[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.costLinesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ItemCostBody)
  items?: ItemCostBody[] | null;
}
