import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HeartbeatWheel, sweepMs } from './heartbeat-wheel.js';
import type { OpenStream } from './sse-connection.js';

/** Keeps all streams of this process alive, with one timer. */
@Injectable()
export class Heartbeats implements OnModuleInit, BeforeApplicationShutdown {
  private readonly wheel = new HeartbeatWheel(performance.now());
  private timer: NodeJS.Timeout | undefined;

  onModuleInit(): void {
    this.timer = setInterval(() => this.wheel.sweep(performance.now()), sweepMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * From now on, until it has ended.
   *
   * @param lifeMs after which it is ended; left out = never
   */
  add(connection: OpenStream, lifeMs?: number): void {
    this.wheel.add(connection, lifeMs);
  }
}
