import type { OpenStream } from './sse-connection.js';
import type { SseFrames } from './sse-frames.js';

interface Readers<Proof> {
  proof: Proof;
  connections: Set<OpenStream>;
}

/** Open streams by the credential they were opened with, so that they end with it. */
export class Readership<Proof> {
  private readonly byCredential = new Map<string, Readers<Proof>>();

  /** @param credential those with the same one have the same proof, and end together */
  add(credential: string, proof: Proof, connection: OpenStream): void {
    const readers = this.byCredential.get(credential) ?? { proof, connections: new Set() };
    readers.connections.add(connection);
    this.byCredential.set(credential, readers);
  }

  /** Credentials with open streams; what has ended by itself is forgotten here. */
  open(): [credential: string, proof: Proof][] {
    for (const [credential, { connections }] of this.byCredential) {
      for (const connection of connections) if (connection.ended) connections.delete(connection);
      if (connections.size === 0) this.byCredential.delete(credential);
    }
    return [...this.byCredential].map(([credential, { proof }]) => [credential, proof]);
  }

  /** @param last told before the end */
  end(credential: string, last?: SseFrames): void {
    for (const connection of this.byCredential.get(credential)?.connections ?? []) {
      if (last) connection.send(last);
      connection.end();
    }
  }
}
