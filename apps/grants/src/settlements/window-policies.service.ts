import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { describeWindowPolicy } from '@kraty/contracts/events';
import type { RewardPolicy } from '@kraty/contracts/grants';
import { Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';

/** Windows one process keeps the policy of; a closed window's never changes. */
const windowsMax = 1_000;

/** Reward policies that closed windows have pinned. */
@Injectable()
export class WindowPoliciesService {
  private readonly known = new Map<string, RewardPolicy>();

  constructor(private readonly messenger: Messenger) {}

  /** A window that events does not know pays nothing. */
  async policyOf({ studioId, gameId }: GameScope, eventWindowId: string): Promise<RewardPolicy> {
    const known = this.known.get(eventWindowId);
    if (known) return known;
    const question = { game: { studioId, gameId }, eventWindowId };
    const { rewardPolicy } = await this.messenger.request(describeWindowPolicy, question).catch(noWindow);
    if (this.known.size >= windowsMax) this.known.clear();
    this.known.set(eventWindowId, rewardPolicy);
    return rewardPolicy;
  }
}

function noWindow(error: unknown): { rewardPolicy: RewardPolicy } {
  if (error instanceof Failure && error.code === 'not_found') return { rewardPolicy: { type: 'none' } };
  throw error;
}
