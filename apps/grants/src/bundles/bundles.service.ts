import { Injectable } from '@nestjs/common';
import type { BundlePreview } from '@kraty/contracts/grants';
import { BundlesStore } from './bundles.store.js';
import { previewOf } from './preview.js';

@Injectable()
export class BundlesService {
  constructor(private readonly store: BundlesStore) {}

  /** One answer a key; null for what is archived or was never there. */
  async preview(gameId: string, keys: readonly string[]): Promise<Record<string, BundlePreview | null>> {
    const bundles = await this.store.byKeys(gameId, keys);
    const previews = new Map(
      bundles.filter(({ archived }) => !archived).map((bundle) => [bundle.key, previewOf(bundle)]),
    );
    return Object.fromEntries(keys.map((key) => [key, previews.get(key) ?? null]));
  }
}
