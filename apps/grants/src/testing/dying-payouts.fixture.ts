import type { INestApplicationContext } from '@nestjs/common';
import { PayoutsService } from '../payouts/payouts.service.js';
import { SettlementsStore } from '../settlements/settlements.store.js';

/** Pays `chunks` chunks, then every further one fails as if the process were gone. Returned: life again, once it has died. */
export function dyingAfter(chunks: number, app: INestApplicationContext): () => Promise<void> {
  const [payouts, store] = [app.get(PayoutsService), app.get(SettlementsStore)];
  const pay = payouts.pay.bind(payouts);
  let left = chunks;
  payouts.pay = async (orders) => {
    if (left <= 0) throw new Error('killed');
    left -= 1;
    await pay(orders);
  };
  // A dead process does not write down that it failed: only its lease runs out.
  const death = new Promise<void>((resolve) => (store.postpone = () => Promise.resolve(resolve())));
  return () =>
    death.then(() => void (Reflect.deleteProperty(payouts, 'pay') && Reflect.deleteProperty(store, 'postpone')));
}
