/** The part of a Redis client that tells of its server. */
export interface ServerSource {
  info(section: string): Promise<string>;
  on(event: 'close', listener: () => void): unknown;
}

/** Names the run of the server behind a connection; asked once a connection, because a server that restarts drops all. */
export class RedisLife {
  private known: string | null = null;

  constructor(private readonly redis: ServerSource) {
    redis.on('close', () => (this.known = null));
  }

  /** Throws when Redis does not answer. */
  async name(): Promise<string> {
    return this.known ?? this.ask();
  }

  private async ask(): Promise<string> {
    const life = /^run_id:(\w+)/m.exec(await this.redis.info('server'))?.[1];
    if (life === undefined) throw new Error('Redis does not name its run');
    this.known = life;
    return life;
  }
}
