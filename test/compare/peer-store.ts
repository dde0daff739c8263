import expressSession, { type SessionData } from 'express-session';
import type { SlowStore } from './slow-store.js';

type Callback = (error?: unknown) => void;

/** The contract of express-session, which is that of @fastify/session too, on the slow store. */
export class PeerStore extends expressSession.Store {
  constructor(private readonly slow: SlowStore) {
    super();
  }

  override get(id: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    this.slow.read(id).then(
      (text) => callback(null, text === undefined ? null : (JSON.parse(text) as SessionData)),
      (error: unknown) => callback(error),
    );
  }

  override set(id: string, data: SessionData, callback?: Callback): void {
    const text = JSON.stringify(data);
    this.#write((texts) => texts.set(id, text), callback);
  }

  override destroy(id: string, callback?: Callback): void {
    this.#write((texts) => texts.delete(id), callback);
  }

  /** The slow store knows of no expiry. */
  override touch(_id: string, _data: SessionData, callback?: () => void): void {
    this.#write(() => undefined, callback);
  }

  #write(change: (texts: Map<string, string>) => unknown, callback?: Callback): void {
    this.slow.write(change).then(
      () => callback?.(),
      (error: unknown) => callback?.(error),
    );
  }
}
