import { Injectable } from '@nestjs/common';
import type { BundlePreview } from '@kraty/contracts/grants';
import { previewOf } from './preview.js';
import { RewardObjectsStore } from './reward-objects.store.js';

@Injectable()
export class BundlesService {
  constructor(private readonly store: RewardObjectsStore) {}

  /** One answer a key; null for what is archived or was never there. */
  async preview(gameId: string, keys: readonly string[]): Promise<Record<string, BundlePreview | null>> {
    const bundles = await this.store.bundlesByKeys(gameId, keys);
    const live = bundles.filter(({ archived_at: archivedAt }) => archivedAt === null);
    const previews = new Map(live.map(({ key, name, content }) => [key, previewOf({ key, name, entries: content })]));
    return Object.fromEntries(keys.map((key) => [key, previews.get(key) ?? null]));
  }
}
